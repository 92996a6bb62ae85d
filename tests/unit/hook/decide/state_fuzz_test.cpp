// State and config.json as nobody would write them: every one is understood, or refused as an
// Error; nothing crashes, hangs, or gets another exception past main's one line.
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <random>

#include "common/base/json.h"
#include "common/base/sys.h"
#include "hook/decide/state.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;

namespace {

constexpr const char* kState =
    R"({"ociVersion":"1.0.2","id":"x","status":"created","pid":42,"bundle":"/b","annotations":{"a":"b"}})";
constexpr const char* kConfig = R"({"ociVersion": "1.0.2",
    "root": {"path": "rootfs", "readonly": true},
    "process": {"args": ["sh", "-c"], "env": ["PATH=/bin", "B"], "user": {"uid": 1, "gid": 2},
                "capabilities": {"bounding": ["CAP_CHOWN"], "effective": []}},
    "mounts": [{"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid"]}],
    "linux": {"maskedPaths": ["/proc/kcore"], "namespaces": [{"type": "uts"}, {"type": "pid"}]},
    "annotations": {"k": "v"}})";

// A file, not a pipe: some are larger than a pipe holds.
State state_from(const std::string& text) {
  const Fd file(::memfd_create("state", MFD_CLOEXEC));
  REQUIRE(file);
  sys::write_all(file.get(), text, "memfd");
  REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
  return read_state(file.get());
}

Config config_from(const std::string& text) { return parse_config(parse_json(text, "c"), "/b"); }

// True when `f` ends in peace or with an Error that is one line.
template <typename F>
bool is_orderly(F f) {
  try {
    f();
    return true;
  } catch (const Error& e) {
    const std::string line = e.what();
    return !line.empty() && line.find('\n') == std::string::npos;
  } catch (...) {
    return false;
  }
}

// Every place of a document, as JSON pointers.
void collect(const Json& value, const Json::json_pointer& at,
             std::vector<Json::json_pointer>& out) {
  out.push_back(at);
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) collect(child, at / key, out);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) collect(value[i], at / i, out);
  }
}

// `document` with each of its places left out, and with everything odd put there.
template <typename F>
void with_odd_values(const char* document, F use) {
  const std::vector<std::string> odd = {"null",
                                        "true",
                                        "-1",
                                        "0",
                                        "4294967296",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "-9223372036854775809",
                                        "1e308",
                                        "1.5",
                                        R"("")",
                                        R"("\u0000")",
                                        R"("\u001b[2J\n")",
                                        "[]",
                                        "[[]]",
                                        "[null]",
                                        R"([{"a": 1}])",
                                        "{}",
                                        R"({"": ""})",
                                        R"({"path": {}})"};
  const Json whole = parse_json(document, "d");
  std::vector<Json::json_pointer> places;
  collect(whole, Json::json_pointer(), places);
  for (const auto& place : places) {
    for (const auto& text : odd) {
      Json changed = whole;
      changed[place] = parse_json(text, "odd");
      use(changed.dump());
    }
    if (place.empty() || !whole[place.parent_pointer()].is_object()) continue;
    Json changed = whole;
    changed[place.parent_pointer()].erase(place.back());
    use(changed.dump());
  }
}

// `text` with a few bytes changed, taken away or doubled.
std::string mutated(std::string text, std::mt19937& random) {
  for (unsigned n = random() % 4 + 1; n > 0 && !text.empty(); --n) {
    const size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, random() % 8);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), random() % 16));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("state, config: any value anywhere is understood or refused") {
  size_t tried = 0;
  with_odd_values(kState, [&](const std::string& text) {
    ++tried;
    INFO(text);
    CHECK(is_orderly([&] { state_from(text); }));
  });
  with_odd_values(kConfig, [&](const std::string& text) {
    ++tried;
    INFO(text);
    CHECK(is_orderly([&] { config_from(text); }));
  });
  CHECK(tried > 500);
}

TEST_CASE("state, config: bytes that are no document") {
  std::mt19937 random(4);  // NOLINT(cert-msc51-cpp): the same ones in every run
  size_t refused = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string state = mutated(kState, random), config = mutated(kConfig, random);
    INFO(state, config);
    CHECK(is_orderly([&] { state_from(state); }));
    CHECK(is_orderly([&] { config_from(config); }));
    refused += error_of([&] { state_from(state); }).empty() ? 0 : 1;
  }
  CHECK(refused > 1000);
  CHECK(refused < 4000);
}

TEST_CASE("state, config: nested 100,000 levels deep, or a million") {
  const auto start = std::chrono::steady_clock::now();
  for (const size_t depth : {100'000UL, 1'000'000UL}) {
    const std::string arrays = std::string(depth, '[') + std::string(depth, ']');
    std::string objects;
    for (size_t i = 0; i < depth; ++i) objects += R"({"a":)";
    CHECK(contains(error_of([&] { config_from(R"({"root":{"path":"/r"},"x":)" + arrays + "}"); }),
                   "nested deeper than 64 levels"));
    CHECK(is_orderly([&] { config_from(std::string(depth, '[')); }));
    CHECK(is_orderly([&] { config_from(objects); }));
    CHECK(contains(error_of([&] { config_from(objects + "1" + std::string(depth, '}')); }),
                   "nested deeper than 64 levels"));
  }
  CHECK(contains(error_of([] {
                   state_from(R"({"x":)" + std::string(100'000, '[') + std::string(100'000, ']') +
                              "}");
                 }),
                 "nested deeper than 64 levels"));
  // Seconds would be a sign of something that grows by the square.
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

// Annotations may be large, and the state repeats them.
TEST_CASE("state: as large as a config.json may be is a state") {
  std::string text = kState;
  text.insert(text.size() - 1, R"(,"more":{"a":")" + std::string(15 << 20, 'x') + "\"}");
  CHECK(state_from(text).pid == 42);
}

TEST_CASE("state: more than 16 MiB is read to its end, and refused") {
  CHECK(contains(error_of([] { state_from(std::string(17 << 20, ' ')); }), "larger than 16 MiB"));
}

TEST_CASE("config: text that is no UTF-8 is refused, not repaired") {
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x80"}) {
    const std::string text = std::string(R"({"root":{"path":"/r)") + bad + "\"}}";
    CHECK(contains(error_of([&] { config_from(text); }), "parse c"));
  }
}

TEST_CASE("config: a key that stands there twice is refused") {
  CHECK(contains(error_of([] { config_from(R"({"root":{"path":"/r"},"root":{"path":"/s"}})"); }),
                 "twice"));
}
