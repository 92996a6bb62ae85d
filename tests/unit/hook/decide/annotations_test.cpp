#include "hook/decide/annotations.h"

#include <algorithm>

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::default_document;
using rind::test::error_of;
using rind::test::loaded_with;

namespace {

// Policies that give away what annotations take: by themselves, and to single packages.
const char* const kBases[] = {
    "{}",
    R"({"network": "container", "identity": {"ephemeral": "none"}, "seccomp": "none",
        "hide": ["/srv"],
        "narrow": {"views": {"/data/x": "ro", "/data/y": "hidden", "/database": "ro",
                             "/data/z": {"view": "private", "backing": "memory", "size": 4096}},
                   "environment": ["KEPT"]},
        "views": {"/srv/models": "ro", "/data": "rw"}})",
    R"({"packages": {
         "a": {"packages": ["torch"], "policy": {"network": "container", "seccomp": "multiarch"}},
         "b": {"packages": ["torch"], "hooks": ["build_wheel"],
               "policy": {"identity": {"ephemeral": "none"}, "seccomp": "none",
                          "views": {"/data/x": {"view": "rw", "lend": true}},
                          "limits": {"wall_clock_seconds": "inherit"}}}}})",
    R"({"identity": {"ephemeral": "required"}, "seccomp": "multiarch", "hide": ["/data"],
        "seams": {"interpreter": {"installs": {"network": "container", "seccomp": "none",
                                               "identity": {"ephemeral": "none"}}}}})",
};

struct Tightened {
  const char* name;
  const char* value;
  std::vector<std::string> keys;  // what it may touch, in the document and in rules of packages
};
const Tightened kAll[] = {
    {"io.rind.network", "none", {"/network"}},
    {"io.rind.identity", "required", {"/identity/ephemeral"}},
    {"io.rind.seccomp", "native", {"/seccomp"}},
    {"io.rind.hide", "/data:/srv/keys", {"/hide"}},
    {"io.rind.narrow.hide",
     "/data:/srv/keys",
     {"/narrow/views/~1data", "/narrow/views/~1data~1", "/narrow/views/~1srv~1keys"}},
    {"io.rind.narrow.environment", "*_TOKEN:SECRET", {"/narrow/environment"}},
};

// How little each lets a step do: higher is stricter.
struct Strictness {
  int network, identity, seccomp;
  // What is hidden from steps, from the container, and which variables are taken from it.
  std::vector<std::string> hidden, narrowed, dropped;
};
Strictness strictness(const Policy& policy) {
  Strictness s = {};
  s.network = policy.network == Network::kNone ? 1 : 0;
  s.identity = static_cast<int>(policy.identity.ephemeral);
  s.seccomp = policy.seccomp == SeccompProfile::kNone     ? 0
              : policy.seccomp == SeccompProfile::kNative ? 2
                                                          : 1;
  s.hidden = policy.hide;
  s.dropped = policy.narrow.environment;
  for (const auto& [path, view] : policy.narrow.views) {
    if (view.view == View::kHidden) s.narrowed.push_back(path);
  }
  for (auto* list : {&s.hidden, &s.narrowed, &s.dropped}) std::sort(list->begin(), list->end());
  return s;
}

bool has_all(const std::vector<std::string>& after, const std::vector<std::string>& before) {
  return std::includes(after.begin(), after.end(), before.begin(), before.end());
}

bool at_least(const Strictness& after, const Strictness& before) {
  return after.network >= before.network && after.identity >= before.identity &&
         after.seccomp >= before.seccomp && has_all(after.hidden, before.hidden) &&
         has_all(after.narrowed, before.narrowed) && has_all(after.dropped, before.dropped);
}

Policy for_torch(const LoadedPolicy& loaded) {
  return policy_with_rules(*loaded.document,
                           rules_for_step(loaded.policy, "torch-2.0", "build_wheel"));
}

bool may_touch(const Tightened& annotation, const std::string& path) {
  return std::any_of(annotation.keys.begin(), annotation.keys.end(), [&](const auto& key) {
    if (path.rfind(key, 0) == 0) return true;
    if (path == "/seams/interpreter/installs" + key) return true;
    return path.rfind("/packages/", 0) == 0 && path.ends_with("/policy" + key);
  });
}

Asked asked(std::initializer_list<std::pair<const std::string, std::string>> list) { return list; }

}  // namespace

TEST_CASE("annotations: the order of the enumeration is the order of strictness") {
  CHECK(static_cast<int>(Want::kNone) < static_cast<int>(Want::kPreferred));
  CHECK(static_cast<int>(Want::kPreferred) < static_cast<int>(Want::kRequired));
}

TEST_CASE("annotations: what tightens never loosens, for any package, and touches its key alone") {
  for (const char* base : kBases) {
    const LoadedPolicy before = loaded_with(base);
    for (const auto& annotation : kAll) {
      CAPTURE(base);
      CAPTURE(annotation.name);
      const LoadedPolicy after = with_annotations(before, {{annotation.name, annotation.value}});
      CHECK(at_least(strictness(after.policy), strictness(before.policy)));
      CHECK(at_least(strictness(for_torch(after)), strictness(for_torch(before))));
      // And for the package it is what was asked for, whatever its rules say.
      const Strictness plain = strictness(after.policy), torch = strictness(for_torch(after));
      const Strictness install = strictness(policy_for_install(*after.document));
      const std::string name = annotation.name;
      if (name == "io.rind.network") {
        CHECK((plain.network == 1 && torch.network == 1 && install.network == 1));
      }
      if (name == "io.rind.identity") {
        CHECK((plain.identity == 2 && torch.identity == 2 && install.identity == 2));
      }
      if (name == "io.rind.seccomp") {
        CHECK((plain.seccomp == 2 && torch.seccomp == 2 && install.seccomp == 2));
      }
      if (name == "io.rind.hide") CHECK(has_all(torch.hidden, {"/data", "/srv/keys"}));
      if (name == "io.rind.narrow.hide") CHECK(has_all(torch.narrowed, {"/data", "/srv/keys"}));
      if (name == "io.rind.narrow.environment") {
        CHECK(has_all(torch.dropped, {"*_TOKEN", "SECRET"}));
      }
      for (const auto& change : Json::diff(*before.document, *after.document)) {
        const std::string path = change.at("path").get<std::string>();
        CHECK_MESSAGE(may_touch(annotation, path), path);
      }
    }
  }
}

TEST_CASE("annotations: all of them together are each of them, and twice is once") {
  for (const char* base : kBases) {
    CAPTURE(base);
    const LoadedPolicy before = loaded_with(base);
    Asked all;
    for (const auto& annotation : kAll) all.emplace(annotation.name, annotation.value);
    const LoadedPolicy together = with_annotations(before, all);
    LoadedPolicy backwards = before;
    for (auto it = std::rbegin(kAll); it != std::rend(kAll); ++it) {
      backwards = with_annotations(std::move(backwards), {{it->name, it->value}});
    }
    CHECK(*together.document == *backwards.document);
    CHECK(*with_annotations(together, all).document == *together.document);
  }
}

TEST_CASE("annotations: nothing in what the container loses is shown to it by another view") {
  const LoadedPolicy after =
      with_annotations(loaded_with(kBases[1]), {{"io.rind.narrow.hide", "/data"}});
  size_t inside = 0;
  for (const auto& entry : after.policy.narrow.views) {
    const std::string& path = entry.first;
    const bool lies_inside = path.rfind("/data/", 0) == 0 || path == "/data";
    inside += lies_inside ? 1 : 0;
    CHECK_MESSAGE((entry.second.view == View::kHidden) == lies_inside, path);
  }
  CHECK(inside == 4);
}

TEST_CASE("annotations: none leaves the policy as it is") {
  const LoadedPolicy before = loaded_with(kBases[2]);
  CHECK(*with_annotations(before, {}).document == *before.document);
}

TEST_CASE("annotations: what would loosen, and what is not understood, is refused") {
  const LoadedPolicy base = loaded_with("{}");
  const std::pair<const char*, const char*> wrong[] = {
      {"io.rind.network", "container"}, {"io.rind.network", ""},
      {"io.rind.network", "None"},      {"io.rind.identity", "none"},
      {"io.rind.identity", "true"},     {"io.rind.seccomp", "none"},
      {"io.rind.seccomp", "multiarch"}, {"io.rind.hide", ""},
      {"io.rind.hide", "/a:"},          {"io.rind.hide", ":/a"},
      {"io.rind.hide", "/a::/b"},       {"io.rind.hide", "relative"},
      {"io.rind.hide", "$HOME"},        {"io.rind.hide", "/"},
      {"io.rind.hide", "/a/../b"},      {"io.rind.hide", "/a/"},
      {"io.rind.hide", "/proc"},        {"io.rind.hide", "/dev/null"},
      {"io.rind.hide", "/a /b:/c/./d"}, {"io.rind.views", "/a=ro"},
      {"io.rind.narrow.hide", "/"},     {"io.rind.narrow.hide", "/dev"},
      {"io.rind.narrow.hide", "$HOME"}, {"io.rind.narrow.environment", ""},
      {"io.rind.narrow.views", "/a"},   {"io.rind.", "x"},
      {"io.rind.Network", "none"},      {"io.rind.network.x", "none"},
      {"io.rind.builders", "true"}};
  for (const auto& annotation : wrong) {
    const std::string name = annotation.first, value = annotation.second;
    CAPTURE(name);
    CAPTURE(value);
    const std::string error = error_of([&] { with_annotations(base, {{name, value}}); });
    CHECK(contains(error, name));
  }
  const std::string error = error_of([&] { with_annotations(base, asked({{"io.rind.x", "y"}})); });
  for (const auto& annotation : kAll) CHECK(contains(error, annotation.name));
  CHECK(contains(error, "io.rind.policy"));
}

TEST_CASE("annotations: a long value makes neither a long policy nor a long message") {
  const LoadedPolicy base = loaded_with("{}");
  const std::string path = "/" + std::string(4095, 'a');
  CHECK(with_annotations(base, {{"io.rind.hide", path}}).policy.hide.size() == 1);
  for (const char* name :
       {"io.rind.hide", "io.rind.narrow.environment", "io.rind.network", "io.rind.policy"}) {
    const std::string error = error_of([&] { with_annotations(base, {{name, path + "a"}}); });
    CHECK(contains(error, name));
    CHECK(error.size() < 500);
  }
  const std::string error = error_of([&] { with_annotations(base, {{"io.rind." + path, "x"}}); });
  CHECK(error.size() < 500);
}

TEST_CASE("annotations: a choice that the policy offers, tightened afterwards") {
  const LoadedPolicy base = loaded_with(
      R"({"choices": {"strict": {"identity": {"ephemeral": "required"}, "hide": ["/data"]},
                      "linked": {"network": "container"}}})");
  const LoadedPolicy strict = with_annotations(base, {{"io.rind.policy", "strict"}});
  CHECK(strict.policy.identity.ephemeral == Want::kRequired);
  CHECK(strict.policy.hide == std::vector<std::string>{"/data"});
  CHECK(strict.policy.network == Network::kNone);
  CHECK(with_annotations(base, {{"io.rind.policy", "linked"}}).policy.network ==
        Network::kContainer);
  const LoadedPolicy both =
      with_annotations(base, asked({{"io.rind.network", "none"}, {"io.rind.policy", "linked"}}));
  CHECK(both.policy.network == Network::kNone);
  const LoadedPolicy more =
      with_annotations(base, asked({{"io.rind.hide", "/srv"}, {"io.rind.policy", "strict"}}));
  CHECK(more.policy.hide == std::vector<std::string>{"/data", "/srv"});
}

TEST_CASE("annotations: a choice that is not offered names those that are") {
  const LoadedPolicy base = loaded_with(R"({"choices": {"strict": {}, "linked": {}}})");
  for (const char* name : {"other", "", "Strict", "strict "}) {
    const std::string error = error_of([&] { with_annotations(base, {{"io.rind.policy", name}}); });
    CHECK(contains(error, "strict"));
    CHECK(contains(error, "linked"));
  }
  CHECK(contains(error_of([] {
                   with_annotations(loaded_with("{}"), {{"io.rind.policy", "strict"}});
                 }),
                 "offers no choices"));
}

TEST_CASE("annotations: an opt-in with a value that is not understood is refused") {
  for (const char* value : {"True", "TRUE", "yes", "1", "on", "true ", " true", "", "False", "0"}) {
    for (const char* policy : {"{}", R"({"containers": {"annotation": "com.acme.build"}})",
                               R"({"containers": {"annotation": "io.rind.build"}})"}) {
      CAPTURE(value);
      const LoadedPolicy base = loaded_with(policy);
      for (const std::string& name :
           {std::string("io.rind.builder"), base.policy.containers.annotation}) {
        Config config;
        config.annotations[name] = value;
        const std::string error = error_of([&] { policy_of_container(base, {}, config); });
        CHECK(contains(error, name));
        CHECK(contains(error, "\"true\""));
        State state;
        state.annotations[name] = value;
        CHECK(error_of([&] { policy_of_container(base, state, {}); }) == error);
      }
    }
  }
}

TEST_CASE("annotations: \"false\" says nothing, and unmakes no builder") {
  const LoadedPolicy base = loaded_with("{}");
  Config config;
  config.annotations["io.rind.builder"] = "false";
  CHECK(policy_of_container(base, {}, config).reason.empty());
  CHECK(opts_out(base.policy.containers, {}, config));
  config.arguments = {"fromager", "build"};
  CHECK(contains(policy_of_container(base, {}, config).reason, "command"));
  CHECK_FALSE(opts_out(base.policy.containers, {}, {}));
}

TEST_CASE("annotations: names that were meant for Rind are refused, whatever their form") {
  for (const char* name :
       {"io.rind/builder", "io.rind/anything", "io.rind", "Io.Rind.Builder", "IO.RIND.BUILDER",
        "io.rind.Builder", "io.rind_builder", "io.rind-builder", "io.rind:builder",
        " io.rind.builder", "io.rind.builder ", "io.rind.builder/", "io.rind."}) {
    CAPTURE(name);
    CHECK(is_own_annotation(name));
    Config config;
    config.annotations[name] = "true";
    const std::string error = error_of([&] { policy_of_container(loaded_with("{}"), {}, config); });
    CHECK(contains(error, "there is no such annotation"));
    CHECK(contains(error, "io.rind.builder, io.rind.policy"));
    CHECK(contains(error_of([&] {
                     policy_of_container(
                         loaded_with(R"({"containers": {"annotation": "com.acme.build"}})"), {},
                         config);
                   }),
                   "there is no such annotation"));
  }
  for (const char* name : {"io.rindfleisch.builder", "io.rind2", "xio.rind.builder", "io.rin", "",
                           "com.io.rind.builder", "org.example"}) {
    CAPTURE(name);
    CHECK_FALSE(is_own_annotation(name));
  }
}

TEST_CASE("annotations: config.json's and the state's are one") {
  State state;
  Config config;
  config.annotations = {
      {"io.rind.builder", "true"}, {"org.example", "x"}, {"io.rind.network", "none"}};
  state.annotations = {{"io.rind.network", "none"}, {"io.rind.hide", "/a"}};
  CHECK(asked_by_annotations("io.rind.builder", state, config) ==
        asked({{"io.rind.hide", "/a"}, {"io.rind.network", "none"}}));
  state.annotations["io.rind.network"] = "other";
  CHECK(contains(error_of([&] { asked_by_annotations("io.rind.builder", state, config); }),
                 "two values"));
  // The policy may opt in by another name below our prefix, and the usual one then means nothing.
  config.annotations = {{"io.rind.build", "true"}, {"io.rind.builder", "true"}};
  CHECK(asked_by_annotations("io.rind.build", {}, config).empty());
}

TEST_CASE("annotations: whoever chooses or tightens means a builder") {
  const Config nobody;
  CHECK(policy_of_container(loaded_with("{}"), {}, nobody).reason.empty());
  Config config;
  config.annotations = {{"io.rind.network", "none"}};
  const ContainerPolicy own =
      policy_of_container(loaded_with(R"({"network": "container"})"), {}, config);
  CHECK(own.reason == "annotation io.rind.network");
  CHECK(own.loaded.policy.network == Network::kNone);
  config.annotations = {{"io.rind.no-such", "none"}};
  CHECK(contains(error_of([&] { policy_of_container(loaded_with("{}"), {}, config); }),
                 "io.rind.no-such"));
}
