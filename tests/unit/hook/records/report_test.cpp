#include "common/base/json.h"
#include "common/base/utf8.h"
#include "helper/record/record.h"
#include "hook/records/html.h"
#include "hook/records/report_parts.h"
#include "hook/records/report_template.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;

namespace {

// Every string of a record is `name`.
StepLine hostile_step(const std::string& name, bool failed) {
  StepRecord r;
  r.id = r.container = r.kind = r.hook = r.package = r.source = r.build_environment = r.program =
      name;
  r.identity = {name, 1, 1, name};
  r.network = r.seccomp = name;
  if (failed) r.error = r.limit = name;
  if (!failed) r.exit_status = 0;
  r.namespaces = r.rules = r.absent = r.withheld = r.dropped = {name};
  if (failed) r.causes = {name};
  r.outputs = {{name, "/" + name, 1, name}};
  const auto step = parse_step_line(to_line(r));
  REQUIRE(step.has_value());
  return *step;
}

std::string page_of(const std::vector<StepLine>& steps) {
  ReportData data;
  for (const auto& step : steps) data.add(step);
  std::string out = title_part(data) + head_part(data) + failed_part(data) + packages_part(data);
  for (size_t i = 0; i < steps.size(); ++i) out += step_row(steps[i], i + 1, data.sums());
  return out;
}

}  // namespace

TEST_CASE("report: no string of a record is markup, or turns the text") {
  const std::string names[] = {"</script><script>X</script>",
                               "\"><img src=x onerror=X>",
                               "' onx='X",
                               "<!--",
                               "]]>",
                               "&lt;X",
                               "javascript:X",
                               "\xe2\x80\xae"
                               "X",
                               "\x1b[31mX",
                               "a\xff"
                               "X",
                               "\xc2\x9b"
                               "X",
                               "`X`"};
  for (const auto& name : names) {
    CAPTURE(name);
    // What is markup is the same as with a plain name.
    const auto tags = [](const std::string& page) {
      std::string out;
      bool inside = false;
      for (const char c : page) {
        if (c == '<') inside = true;
        if (inside && c != ' ' && (c == '<' || c == '>' || c == '=')) out += c;
        if (c == '>') inside = false;
      }
      return out;
    };
    const auto plain = page_of({hostile_step("X", false), hostile_step("X", true)});
    const auto page = page_of({hostile_step(name, false), hostile_step(name, true)});
    if (name.find('=') == std::string::npos && name.find('/') == std::string::npos) {
      CHECK(tags(page) == tags(plain));
    }
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "<img"));
    CHECK_FALSE(contains(page, "<!--"));
    CHECK_FALSE(contains(page, "\xe2\x80\xae"));
    CHECK_FALSE(contains(page, "\xc2\x9b"));
    CHECK_FALSE(contains(page, "' onx="));
    CHECK(page.find('\x1b') == std::string::npos);
    CHECK(is_utf8(page));
  }
  CHECK(html_text("<a href=\"x\">&'`") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&#96;");
}

TEST_CASE("report: failed packages first, then the slowest") {
  const auto step = [](const char* package, double seconds, int status) {
    StepLine out;
    out.package = package;
    out.hook = "build_wheel";
    out.duration = seconds;
    out.end = static_cast<int64_t>(seconds * 1000);
    out.exit_status = status;
    out.peak_memory = 1024;
    return out;
  };
  ReportData data;
  for (const auto& one :
       {step("quick", 1, 0), step("slow", 9, 0), step("broken", 2, 1), step("quick", 1, 0)}) {
    data.add(one);
  }
  std::string order;
  for (const auto& package : data.packages()) order += package.name + " ";
  CHECK(order == "broken slow quick ");
  CHECK(data.sums().failed == 1);
  CHECK(data.sums().steps == 4);
  CHECK(data.sums().duration == 13);
  CHECK(contains(title_part(data), "4 steps, 1 failed"));
  CHECK(contains(failed_part(data), "href=\"#s3\""));
  CHECK(head_part({}).find("NaN") == std::string::npos);
}

TEST_CASE("report: the template loads nothing, and a hash names its code") {
  const std::string page = kReportTemplate;
  for (const char* loads :
       {"http:", "https:", "url(", "@import", " src=", "<link", "<iframe", " on", "style=\""}) {
    CAPTURE(loads);
    // " on" is of an attribute only before a "=".
    if (std::string(loads) == " on") {
      for (const char* event : {" onclick=", " onload=", " onerror="})
        CHECK_FALSE(contains(page, event));
    } else {
      CHECK_FALSE(contains(page, loads));
    }
  }
  // echo -n abc | openssl dgst -sha256 -binary | base64
  CHECK(csp_hash("abc") == "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
}
