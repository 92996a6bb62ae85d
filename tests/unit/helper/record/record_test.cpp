#include "helper/record/record.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "common/base/json.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::error_of;

namespace {

StepRecord full_record() {
  StepRecord r;
  r.id = "0123456789abcdef";
  r.container = "4f5e";
  r.start = {1785931200, 123'456'789};  // 2026-08-05T12:00:00Z
  r.end = {1785931261, 23'000'000};
  r.kind = "hook";
  r.hook = "build_wheel";
  r.package = "hello-1.0";
  r.source = "/builds/hello-1.0/hello";
  r.build_environment = "/builds/hello-1.0/build-env";
  r.program = "/builds/hello-1.0/build-env/bin/python";
  r.identity = {"ephemeral", 61184, 61185, "leased"};
  r.network = "none";
  r.seccomp = "native";
  r.namespaces = {"user", "mnt"};
  r.rules = {"torch"};
  r.absent = {"terminals"};
  r.withheld = {"GITHUB_SHA"};
  r.causes = {"the view of /tmp was full"};
  r.usage = {uint64_t{3} << 30, uint64_t{1} << 40, 7.25, 0.5};
  r.exit_status = 0;
  r.limit = "wall_clock";
  r.error = "no room";
  r.refused_network = 7;
  r.out_of_memory = true;
  r.killed_by_seccomp = true;
  r.outputs = {{"wheel_directory", "/out/hello.whl", uint64_t{5} << 40, std::string(64, 'a')}};
  r.dropped = {"link"};
  r.dropped_count = 40;
  return r;
}

// Where a record is written.
struct RecordDirectory : test::TemporaryDirectory {
  RecordRules rules() const { return {RecordRules::Place::kContainer, path()}; }
  std::string content(const std::string& name = "steps.jsonl") const {
    return sys::read_all(sys::open(AT_FDCWD, at(name), O_RDONLY).get(), 1 << 24, name);
  }
};

void write_file(const std::string& path, const std::string& text) {
  const Fd fd = sys::open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  sys::write_all(fd.get(), text, path);
}

void append_once(const RecordRules& rules) { RecordFile::open(rules).append(full_record()); }

std::string refusal(const RecordRules& rules, const std::string& in_kit = kit::kRecord) {
  return error_of([&] { RecordFile::open(rules, in_kit); });
}

}  // namespace

TEST_CASE("record: the schema, key by key") {
  const Json expected = parse_json(R"({
      "version": 1,
      "id": "0123456789abcdef",
      "container": "4f5e",
      "start": "2026-08-05T12:00:00.123Z",
      "end": "2026-08-05T12:01:01.023Z",
      "duration": 60.9,
      "kind": "hook",
      "hook": "build_wheel",
      "package": "hello-1.0",
      "source": "/builds/hello-1.0/hello",
      "build_environment": "/builds/hello-1.0/build-env",
      "program": "/builds/hello-1.0/build-env/bin/python",
      "identity": {"mode": "ephemeral", "uid": 61184, "gid": 61185, "reason": "leased"},
      "network": "none",
      "seccomp": "native",
      "namespaces": ["user", "mnt"],
      "rules": ["torch"],
      "absent": ["terminals"],
      "outcome": {"exit_status": 0, "signal": null, "error": "no room",
                  "causes": ["the view of /tmp was full"], "limit": "wall_clock",
                  "refused_network": 7, "out_of_memory": true, "killed_by_seccomp": true},
      "outputs": [{"name": "wheel_directory", "path": "/out/hello.whl", "size": 5497558138880,
                   "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],
      "usage": {"peak_memory": 3221225472, "written": 1099511627776, "user_time": 7.25,
                "system_time": 0.5},
      "withheld": ["GITHUB_SHA"],
      "dropped": ["link"],
      "dropped_count": 40})",
                                   "expected");
  const Json found = parse_json(to_line(full_record()), "line");
  for (const auto& [key, value] : expected.items()) {
    const std::string name = key;  // CAPTURE makes a lambda, and clang 14 no binding in one
    CAPTURE(name);
    REQUIRE(found.contains(key));
    CHECK(found.at(key) == value);
  }
  CHECK(found.size() == expected.size());
}

TEST_CASE("record: every key is there, also when there is nothing to say") {
  const Json empty = to_json({});
  const Json full = to_json(full_record());
  for (const auto& [key, value] : full.items()) CHECK(empty.contains(key));
  CHECK(empty.at("start") == "1970-01-01T00:00:00.000Z");
  CHECK(empty.at("duration") == 0.0);
  CHECK(empty.at("package") == "");
  CHECK(empty.at("outcome").at("exit_status").is_null());
  CHECK(empty.at("outcome").at("signal").is_null());
  CHECK(empty.at("usage").at("peak_memory").is_null());
  CHECK(empty.at("usage").at("user_time").is_null());
  CHECK(empty.at("outputs") == Json::array());
  CHECK(empty.at("rules") == Json::array());
  CHECK(empty.at("dropped") == Json::array());
}

TEST_CASE("record: the page about it has every key, and an example that is one") {
  const std::string path = parent_of(parent_of(RIND_SOURCE_POLICY)) + "/docs/record.md";
  const std::string page = sys::read_all(sys::open(AT_FDCWD, path, O_RDONLY).get(), 1 << 20, path);
  Json example;
  for (const auto& line : split(page, '\n')) {
    if (!line.empty() && line[0] == '{') example = parse_json(line, path);
  }
  const Json record = to_json(full_record());
  const auto check_keys = [&](const Json& ours, const Json& theirs, const std::string& prefix) {
    CHECK(theirs.size() == ours.size());
    for (const auto& [key, value] : ours.items()) {
      const std::string name = key;
      CAPTURE(name);
      CHECK(theirs.contains(key));
      if (!value.is_object()) CHECK(contains(page, "`" + prefix + key + "`"));
    }
  };
  check_keys(record, example, "");
  check_keys(record.at("identity"), example.at("identity"), "identity.");
  check_keys(record.at("outcome"), example.at("outcome"), "outcome.");
  check_keys(record.at("usage"), example.at("usage"), "usage.");
  check_keys(record.at("outputs").at(0), example.at("outputs").at(0), "outputs[].");
}

TEST_CASE("record: times and durations") {
  const auto record = [](struct timespec start, struct timespec end) {
    StepRecord r;
    r.start = start;
    r.end = end;
    return parse_json(to_line(r), "line");
  };
  CHECK(record({951782399, 999'999'999}, {951782400, 0}).at("start") == "2000-02-28T23:59:59.999Z");
  CHECK(record({951782400, 0}, {951782400, 0}).at("start") == "2000-02-29T00:00:00.000Z");
  CHECK(record({253402300799, 0}, {}).at("start") == "9999-12-31T23:59:59.000Z");
  CHECK(record({10, 0}, {10, 1'999'999}).at("duration") == 0.001);
  CHECK(record({10, 900'000'000}, {12, 100'000'000}).at("duration") == 1.2);
  CHECK(record({10, 0}, {5, 0}).at("duration") == 0.0);  // the clock was set back
}

TEST_CASE("record: the time zone is not asked for") {
  const char* before = ::getenv("TZ");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("TZ", "America/New_York", 1);
  CHECK(to_json(full_record()).at("start") == "2026-08-05T12:00:00.123Z");
  before != nullptr ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
}

TEST_CASE("record: hostile names make one line of ASCII") {
  const std::string names[] = {"a\nb",
                               "\r\n{\"version\":1}",
                               std::string("a\0b", 3),
                               "\x1b[2J",
                               "\xff\xfe",
                               "\xc3",
                               "\xed\xa0\x80",
                               "\xf5\x80\x80\x80",
                               "\"\\\"},{",
                               "\x7f",
                               "\xe2\x80\xa8 \xe2\x80\xae",
                               "\xc2\x9b",
                               "gr\xc3\xbc\xc3\x9f"};
  for (const auto& name : names) {
    StepRecord r = full_record();
    r.kind = r.hook = r.package = r.source = r.build_environment = r.program = name;
    r.identity.reason = r.network = r.error = r.limit = name;
    r.rules = r.absent = r.namespaces = r.dropped = r.withheld = r.causes = {name, name};
    r.container = name;
    r.outputs = {{name, name, 0, name}};
    const std::string line = to_line(r);
    CAPTURE(line);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(line.back() == '\n');
    CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; }));
    const Json read = parse_json(line, "line");
    CHECK(read.size() == to_json(full_record()).size());
    CHECK(read.at("outputs").at(0).at("path") == read.at("package"));
  }
  // What is UTF-8 comes back as it was; what is not, as U+FFFD.
  StepRecord r;
  r.package = "gr\xc3\xbc\xc3\x9f\n\"";
  r.source = "/a\xff/b";
  const Json read = parse_json(to_line(r), "line");
  CHECK(read.at("package") == r.package);
  CHECK(read.at("source") == "/a\xef\xbf\xbd/b");
}

TEST_CASE("record: of many dropped files the first are named") {
  StepRecord r;
  for (int i = 0; i < 100; ++i) r.dropped.push_back(std::to_string(i));
  r.dropped_count = 100;
  const Json json = to_json(r);
  CHECK(json.at("dropped").size() == 32);
  CHECK(json.at("dropped").at(31) == "31");
  CHECK(json.at("dropped_count") == 100);
  r.withheld = r.dropped;
  CHECK(to_json(r).at("withheld").size() == 64);
}

TEST_CASE("record file: a line for a file that was removed is an error") {
  const RecordDirectory directory;
  const RecordRules rules = {RecordRules::Place::kHost, ""};
  const std::string path = directory.at("record");
  write_file(path, "");
  RecordFile file = RecordFile::open(rules, path);
  CHECK_NOTHROW(file.append(full_record()));
  ::unlink(path.c_str());
  CHECK(contains(error_of([&] { file.append(full_record()); }), "removed on the build host"));
}

TEST_CASE("record file: none is inert") {
  RecordFile file = RecordFile::open({RecordRules::Place::kNone, "/nonexistent"}, "/nonexistent");
  CHECK_NOTHROW(file.append(full_record()));
}

TEST_CASE("record file: made in the container's directory, and appended to") {
  const RecordDirectory directory;
  RecordFile file = RecordFile::open(directory.rules());
  const struct stat st =
      sys::stat_fd(sys::open(AT_FDCWD, directory.at("steps.jsonl"), O_PATH).get(), "steps.jsonl");
  CHECK((st.st_mode & 07777) == 0600);
  CHECK(directory.content().empty());
  file.append(full_record());
  file.append(full_record());
  append_once(directory.rules());
  const std::string line = to_line(full_record());
  CHECK(directory.content() == line + line + line);
}

TEST_CASE("record file: the kit's, which must be there") {
  const RecordDirectory directory;
  const RecordRules rules = {RecordRules::Place::kHost, "/nonexistent"};
  CHECK(contains(refusal(rules, directory.at("target")), "recreate the container"));
  write_file(directory.at("target"), "");
  RecordFile::open(rules, directory.at("target")).append(full_record());
  CHECK(directory.content("target") == to_line(full_record()));
}

TEST_CASE("record file: a directory that is not there") {
  const std::string error = refusal({RecordRules::Place::kContainer, "/nonexistent/rind"});
  CHECK(contains(error, "record the step: open /nonexistent/rind: No such file or directory"));
  CHECK(contains(error, "make the directory /nonexistent/rind"));
}

TEST_CASE("record file: symlinks, fifos, directories and hard links are refused") {
  const RecordDirectory directory;
  const std::string path = directory.at("steps.jsonl");
  write_file(directory.at("target"), "untouched");

  REQUIRE(::symlink("target", path.c_str()) == 0);
  CHECK(contains(refusal(directory.rules()), "without symbolic links"));
  REQUIRE(::unlink(path.c_str()) == 0);

  // With O_RDWR a fifo opens without waiting: it is told by what it is.
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(contains(refusal(directory.rules()), "is not a regular file"));
  REQUIRE(::unlink(path.c_str()) == 0);

  REQUIRE(::mkdir(path.c_str(), 0700) == 0);
  CHECK(contains(refusal(directory.rules()), "Is a directory"));
  REQUIRE(::rmdir(path.c_str()) == 0);

  REQUIRE(::link(directory.at("target").c_str(), path.c_str()) == 0);
  CHECK(contains(refusal(directory.rules()), "a second hard link"));
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK(directory.content("target") == "untouched");
}

TEST_CASE("record file: a directory behind a symlink is refused") {
  const RecordDirectory directory;
  REQUIRE(::symlink(".", directory.at("link").c_str()) == 0);
  CHECK(contains(refusal({RecordRules::Place::kContainer, directory.at("link")}),
                 "without symbolic links"));
}

TEST_CASE("record file: a line that was not ended does not spoil the next") {
  const RecordDirectory directory;
  write_file(directory.at("steps.jsonl"), "{\"version\":1,\"sta");
  append_once(directory.rules());
  append_once(directory.rules());
  const std::string line = to_line(full_record());
  CHECK(directory.content() == "{\"version\":1,\"sta\n" + line + line);
}

TEST_CASE("record file: no part of a line is left where it has no room") {
  const RecordDirectory directory;
  append_once(directory.rules());
  const std::string line = to_line(full_record());
  struct rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit = {line.size() + 10, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  const std::string error = error_of([&] { append_once(directory.rules()); });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, ignored);
  CHECK(contains(error, "only a part"));
  CHECK(contains(error, "make room"));
  CHECK(directory.content() == line);
}

TEST_CASE("record file: writers do not mix their lines") {
  constexpr int kWriters = 4;
  constexpr int kLines = 50;
  const RecordDirectory directory;
  StepRecord big = full_record();
  for (int i = 0; i < 32; ++i) big.dropped.push_back(std::string(4000, 'x'));
  pid_t children[kWriters];
  for (pid_t& child : children) {
    child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) continue;
    RecordFile file = RecordFile::open(directory.rules());
    for (int i = 0; i < kLines; ++i) file.append(i % 2 != 0 ? big : full_record());
    ::_exit(0);
  }
  for (const pid_t child : children) CHECK(sys::wait_for(child) == 0);
  const std::vector<std::string> lines =
      split(sys::read_all(sys::open(AT_FDCWD, directory.at("steps.jsonl"), O_RDONLY).get(), 1 << 26,
                          "steps"),
            '\n');
  REQUIRE(lines.size() == kWriters * kLines + 1);
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    CHECK(parse_json(lines[i], "line").at("version") == 1);
  }
}
