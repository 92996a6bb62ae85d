// What is a credential in a project's files, and what is left of the file without it.
#include "helper/plan/file_credentials.h"

#include <algorithm>

#include "common/base/git_config.h"
#include "tests/unit/support.h"

using namespace rind;
using Form = CredentialFile;

namespace {

// The text after the removal, also where nothing was removed.
std::string left(Form form, const std::string& text) {
  return without_credentials(form, text).value_or(text);
}

}  // namespace

TEST_CASE("credentials: URLs lose user and password, and a user alone stays") {
  const struct {
    const char *text, *left;
  } cases[] = {
      {"https://oauth2:s3cret@h.example/r.git", "https://h.example/r.git"},
      {"from https://u:a@b:c@h/r\n", "from https://h/r\n"},
      {"x https://ghp_0123456789ab@github.com/r y", "x https://github.com/r y"},
      {"https://x:glpat-0123456789@h:8443/r", "https://h:8443/r"},
      {"a https://u:p@h and ssh://git:q@g/x", "a https://h and ssh://g/x"},
      {"https://u:p?w@h/?token=s3cret78", "https://h/?token="},
      {"https://u:p#w@h/r", "https://h/r"},
      {"https://u:p/w@h/r", "https://h/r"},
      {"https://u:p@s?w@h/r", "https://h/r"},
      {"https://h/r?private_token=s3cret78&a=1 x", "https://h/r?private_token=&a=1 x"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(left(Form::kGitText, c.text) == c.left);
  }
  for (const char* text :
       {"ssh://git@h/r", "https://user@h/r", "git@h:r", "https://h/r@v1:2", "https://u:@h/",
        "https://${USER}:${TOKEN}@h/r", "http://u:$TOKEN@h", "https://h/a:b@c", "a@b:c",
        "https://h:8080/r@v1", "https://h/?token=${TOKEN_OF_CI}", "https://h/?token=1"}) {
    CAPTURE(text);
    CHECK_FALSE(without_credentials(Form::kGitText, text));
  }
}

TEST_CASE("credentials: a git configuration without them says the rest as before") {
  const std::string text =
      "# url = https://u:p@h\n[remote \"origin\"]\n\turl = https://oauth2:s3cret@h/r.git\n"
      "\tfetch = +refs/heads/*:refs/remotes/origin/*\n[http \"https://github.com/\"]\n"
      "\textraheader = AUTHORIZATION: basic eDpz\n\textraHeader = X-Trace: 1\n"
      "[url \"https://u:s3cret@h/\"]\n\tinsteadOf = https://h/\n[github]\n\ttoken = s3cret\n"
      "[credential]\n\thelper = \"!f() { echo username=x; echo password=s3cret; }; f\"\n"
      "\thelper = store\n[user]\n\tname = a\n[sendemail]\n\tsmtpPass = \"s3cret\"\n";
  const std::string clean = left(Form::kGitConfig, text);
  CAPTURE(clean);
  CHECK(clean.find("s3cret") == std::string::npos);
  CHECK(clean.find("eDpz") == std::string::npos);
  CHECK(clean.find("u:p@") == std::string::npos);
  const auto entries = parse_git_config(clean).value();
  const auto has = [&](const GitEntry& entry) {
    return std::find(entries.begin(), entries.end(), entry) != entries.end();
  };
  CHECK(has({"remote", "origin", "url", "https://h/r.git"}));
  CHECK(has({"remote", "origin", "fetch", "+refs/heads/*:refs/remotes/origin/*"}));
  CHECK(has({"http", "https://github.com/", "extraheader", "X-Trace: 1"}));
  CHECK(has({"url", "https://h/", "insteadof", "https://h/"}));
  CHECK(has({"credential", std::nullopt, "helper", "store"}));
  CHECK(has({"user", std::nullopt, "name", "a"}));
  CHECK(entries.size() == 6);
  CHECK(left(Form::kGitConfig, "[remote \"o\"]\n\turl = https://u:p?w@h/?token=s3cret78\n") ==
        "[remote \"o\"]\n\turl = \"https://h/?token=\"\n");
  const char* plain = "[remote \"o\"]\n\turl = git@h:r\n[http]\n\textraheader =\n[user]\n name=a";
  CHECK_FALSE(without_credentials(Form::kGitConfig, plain));
}

TEST_CASE("credentials: settings keep their length") {
  const struct {
    Form form;
    const char *text, *left;
  } cases[] = {
      {Form::kSettings, "//r/:_authToken=abc\nregistry=https://r/\n",
       "//r/:_authToken=xxx\nregistry=https://r/\n"},
      {Form::kSettings, "//r/:_password=\"abc\"\nemail=a@b\n",
       "//r/:_password=\"xxx\"\nemail=a@b\n"},
      {Form::kSettings, "[pypi]\nusername: u\npassword: a b c \n",
       "[pypi]\nusername: u\npassword: xxxxx \n"},
      {Form::kSettings, "index-url = https://u:pw@h/simple\n",
       "index-url = https://u:xx@h/simple\n"},
      {Form::kSettings, "index-url = https://u:p?w@h/?token=s3cret78\n",
       "index-url = https://u:xxx@h/?token=xxxxxxxx\n"},
      {Form::kSettings, "[auth]\nx.password = abc\nx.prefix = h",
       "[auth]\nx.password = xxx\nx.prefix = h"},
      {Form::kSettings, "{\"auths\": {\"h\": {\"auth\": \"YWJj\"}}}",
       "{\"auths\": {\"h\": {\"auth\": \"xxxx\"}}}"},
      {Form::kSettings, "[registry]\ntoken = \"abc\"\n", "[registry]\ntoken = \"xxx\"\n"},
      {Form::kNetrc, "machine h login u password abc\nmachine i password\tdef",
       "machine h login u password xxx\nmachine i password\txxx"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(left(c.form, c.text) == c.left);
  }
  for (const char* text :
       {"//r/:_authToken=${NPM_TOKEN}\nalways-auth=true\n", "password = $P\n", "[auth]\n",
        "auth = true\n", "tokenizers = 1\n", "secretary: x\n", "url = https://u@h/\n"}) {
    CAPTURE(text);
    CHECK_FALSE(without_credentials(Form::kSettings, text));
  }
}
