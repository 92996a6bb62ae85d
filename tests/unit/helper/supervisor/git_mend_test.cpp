// What of a repository's configuration runs nothing, and what becomes of one that a step wrote.
#include "helper/supervisor/git_mend.h"

#include "tests/unit/support.h"

using namespace rind;

namespace {

std::vector<std::string> keys(const std::string& text) {
  std::vector<std::string> out;
  const auto entries = parse_git_config(text);
  for (const auto& entry : entries.value()) {
    out.push_back(entry.section + (entry.subsection ? "." + *entry.subsection : "") + "." +
                  entry.name + "=" + entry.value.value_or("(none)"));
  }
  return out;
}

}  // namespace

TEST_CASE("git config: read as git reads it") {
  using Words = std::vector<std::string>;
  CHECK(keys("[Core] FileMode = true ; x\n\tbare\n[remote \"o\\\"x\"]\r\n url=a b  # c\n") ==
        Words{"core.filemode=true", "core.bare=(none)", "remote.o\"x.url=a b"});
  CHECK(keys("[a]b = \"x # y\" z\\\n w\n[c.D]e=\"\\n\\\\\"") ==
        Words{"a.b=x # y z w", "c.d.e=\n\\"});
  CHECK(keys("\xef\xbb\xbf# nothing\n").empty());
  for (const char* text : {"[a", "[a \"b]\nc=d", "a=b", "[a]\n1=2", "[a]\nb=\"c", "[a]\nb=\\q",
                           "[a]\nb c", "[]\na=b"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_git_config(text));
  }
}

TEST_CASE("git config: what is written is read as it was") {
  const std::vector<GitEntry> entries = {{"user", {}, "name", " a \"b\" \\ # c\n\td "},
                                         {"user", {}, "email", std::nullopt},
                                         {"remote", "x \"y\" \\", "url", ""}};
  CHECK(parse_git_config(format_git_config(entries)) == entries);
}

TEST_CASE("git config: what runs something is not inert") {
  const auto inert = [](const std::string& text) {
    return is_inert(parse_git_config(text).value().at(0));
  };
  for (const char* text :
       {"[user]name=x", "[core]bare=false", "[remote \"o\"]url=https://h/x", "[commit]gpgsign=0",
        "[submodule \"a\"]update=none", "[branch \"m\"]remote=origin"}) {
    CAPTURE(text);
    CHECK(inert(text));
  }
  for (const char* text : {"[core]fsmonitor=x",
                           "[core]hooksPath=x",
                           "[core]sshCommand=x",
                           "[core]pager=x",
                           "[core]editor=x",
                           "[core]worktree=/",
                           "[core]attributesFile=x",
                           "[core]gitProxy=x",
                           "[core]askPass=x",
                           "[diff]external=x",
                           "[diff \"a\"]textconv=x",
                           "[diff \"a\"]command=x",
                           "[merge \"a\"]driver=x",
                           "[filter \"a\"]clean=x",
                           "[filter \"a\"]process=x",
                           "[alias]status=!x",
                           "[credential]helper=x",
                           "[include]path=x",
                           "[includeIf \"gitdir:/\"]path=x",
                           "[gpg]program=x",
                           "[gpg \"ssh\"]defaultKeyCommand=x",
                           "[remote \"o\"]uploadpack=x",
                           "[remote \"o\"]receivepack=x",
                           "[remote \"o\"]vcs=x",
                           "[remote \"o\"]url=ext::sh",
                           "[remote \"o\"]url=--upload-pack=x",
                           "[url \"x\"]insteadOf=y",
                           "[extensions]partialClone=o",
                           "[submodule \"a\"]update=!x",
                           "[sequence]editor=x",
                           "[pager]status=x",
                           "[gc]recentObjectsHook=x",
                           "[man]viewer=x",
                           "[trailer \"a\"]command=x",
                           "[user]signingKey=x",
                           "[core \"x\"]filemode=1",
                           "[user]name=\"a\rb\""}) {
    CAPTURE(text);
    CHECK_FALSE(inert(text));
  }
}

TEST_CASE("git config: what a step leaves of it") {
  const std::string ours = "[core]\n\tfsmonitor = ours\n[user]\n\tname = a\n";
  // Nothing that runs something has changed: the step's.
  MendedConfig mended = mend_git_config(ours, ours + "[user]\n\temail = b\n");
  CHECK(mended.keys.empty());
  CHECK(keys(mended.text) ==
        std::vector<std::string>{"core.fsmonitor=ours", "user.name=a", "user.email=b"});
  mended = mend_git_config(ours, "[core]\n\tfsmonitor = theirs\n[user]\n\temail = b\n");
  CHECK(mended.keys == std::vector<std::string>{"core.fsmonitor"});
  CHECK(keys(mended.text) == std::vector<std::string>{"core.fsmonitor=ours", "user.email=b"});
  mended = mend_git_config({}, "[core]\n\tbare = false\n[alias]\n\tx = !y\n");
  CHECK(mended.keys == std::vector<std::string>{"alias.x"});
  CHECK(keys(mended.text) == std::vector<std::string>{"core.bare=false"});
  // What nobody can read is as it was.
  CHECK(mend_git_config(ours, "[core").text == ours);
  CHECK(mend_git_config({}, "[core").text.empty());
  CHECK(mend_git_config("[core", "[core]\n\tbare = false\n").text == "[core");
}
