#include "hook/records/selection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/sys.h"
#include "hook/records/lines.h"
#include "hook/records/table.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

namespace {

std::string line(const std::string& minute, const std::string& package, int status = 0) {
  const std::string time = "\"2026-08-05T12:" + minute + ":00.000Z\"";
  return "{\"end\":" + time + ",\"outcome\":{\"exit_status\":" + std::to_string(status) +
         "},\"package\":\"" + package + "\",\"start\":" + time + "}\n";
}

std::string packages(const Selection& selection) {
  std::string out;
  selection.for_each([&](const std::string&, const StepLine& step) { out += step.package + " "; });
  return out;
}

}  // namespace

TEST_CASE("records: of all files of a directory, in the order in which steps ended") {
  const test::TemporaryDirectory directory;
  directory.write("a.jsonl", line("01", "first") + line("04", "fourth", 1));
  directory.write("b.jsonl", line("02", "second") + "{\"cut" + "\n\n" + line("03", "third"));
  directory.write("not.json", line("05", "fifth"));
  REQUIRE(::symlink((directory.path() + "/not.json").c_str(),
                    (directory.path() + "/link.jsonl").c_str()) == 0);
  ::mkfifo((directory.path() + "/fifo.jsonl").c_str(), 0600);
  const Selection all({directory.path()}, {});
  CHECK(packages(all) == "first second third fourth ");
  CHECK(all.damaged() == 1);
  CHECK(all.first_damaged() == directory.path() + "/b.jsonl:2");
  CHECK(all.troubles().size() == 2);  // a link and a fifo
  CHECK(all.files() == 2);
  const Selection named({directory.path() + "/link.jsonl", directory.path() + "/none"}, {});
  CHECK(packages(named) == "fifth ");
  CHECK(named.troubles().size() == 1);
  CHECK(packages(Selection({directory.path()}, {{}, "", true})) == "fourth ");
  const Filter late = {1785931200000 + 3 * 60'000, "", false};
  const Selection since({directory.path()}, late);
  CHECK(packages(since) == "third fourth ");
}

TEST_CASE("records: names of packages match with the version and without") {
  StepLine step;
  step.package = "Zope.Interface-6.0";
  const auto found = [&](const char* pattern) { return matches({{}, pattern, false}, step); };
  CHECK(found("zope-interface"));
  CHECK(found("zope*"));
  CHECK(found("Zope.Interface-6.0"));
  CHECK(found("zope.interface-6*"));
  CHECK_FALSE(found("interface"));
  CHECK_FALSE(found("zope"));
  step.package = "ruamel-yaml-clib";
  CHECK(found("ruamel_yaml_clib"));
  CHECK_FALSE(found("ruamel-yaml"));
}

TEST_CASE("records: lines of any length") {
  const test::TemporaryDirectory directory;
  const std::string longest(kLongestLine, 'x');
  const std::string path =
      directory.write("l", "\none\n" + longest + "\n" + longest + "y\ntwo\nopen");
  std::string told;
  const Fd file = sys::open(AT_FDCWD, path, O_RDONLY);
  for_each_line(file.get(), path, [&](const std::string* text, uint64_t offset, uint64_t number) {
    told += std::to_string(number) + "@" + std::to_string(offset) + " " +
            (text == nullptr ? "too long" : std::to_string(text->size())) + "; ";
  });
  const uint64_t third = 5, fourth = third + kLongestLine + 1, fifth = fourth + kLongestLine + 2;
  CHECK(told == "1@0 0; 2@1 3; 3@" + std::to_string(third) + " " + std::to_string(kLongestLine) +
                    "; 4@" + std::to_string(fourth) + " too long; 5@" + std::to_string(fifth) +
                    " 3; 6@" + std::to_string(fifth + 4) + " 4; ");
}

TEST_CASE("records: a table as wide as the terminal, of printable names") {
  StepLine step;
  step.package = "\x1b[2Jevil\xe2\x80\xae-1.0";
  step.hook = "build_wheel";
  step.exit_status = 1;
  step.causes = {"\xe6\xbc\xa2\xe5\xad\x97 " + std::string(300, 'x')};
  step.peak_memory = 58720256;
  for (const size_t width : {size_t{60}, size_t{80}, size_t{120}}) {
    Table table(width);
    table.measure(step);
    const std::string row = table.row(step);
    CHECK(columns_of(row.substr(0, row.size() - 1)) <= width);
    CHECK(row.find('\x1b') == std::string::npos);
    CHECK(row.find("\xe2\x80\xae") == std::string::npos);
  }
  Table table(0);
  table.measure(step);
  CHECK(test::contains(table.row(step), "\\x1b[2Jevil\\xe2\\x80\\xae-1.0"));
  CHECK(test::contains(table.row(step), "56 MiB"));
  CHECK(test::contains(table.row(step), std::string(300, 'x')));
  CHECK(columns_of("\xe6\xbc\xa2\xe5\xad\x97") == 4);
  CHECK(shortened("\xe6\xbc\xa2\xe5\xad\x97", 3) == "\xe6\xbc\xa2\xe2\x80\xa6");
  CHECK(shortened("abc", 3) == "abc");
}
