#include "hook/log/container_label.h"

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

namespace {

const std::string kId = "751c27773905" + std::string(52, 'a');

}  // namespace

TEST_CASE("label: the short id, and the name") {
  CHECK(container_label(kId, "my-builder") == "751c27773905 (my-builder)");
  CHECK(container_label(kId, "") == "751c27773905");
  CHECK(container_label("buildah-buildah123", "") == "buildah-buildah123");
  CHECK(container_label("", "x") == "");
}

TEST_CASE("label: nothing that an image wrote forges a line") {
  CHECK(container_label("a\nb", "x\x1b[2J\ny") == "a\\x0ab (x\\x1b[2J\\x0ay)");
  CHECK(container_label(std::string(5000, 'i'), std::string(5000, 'n')).size() < 200);
}

TEST_CASE("label: the name by annotations") {
  CHECK(name_by_annotations({}) == "");
  CHECK(name_by_annotations({{"io.container.manager", "libpod"}}) == "");
  CHECK(name_by_annotations({{"io.kubernetes.cri.container-name", "build"}}) == "build");
  CHECK(name_by_annotations({{"io.kubernetes.cri-o.Name", "k8s_build_pod_ns_uid_0"},
                             {"io.kubernetes.container.name", "build"}}) ==
        "k8s_build_pod_ns_uid_0");
}

TEST_CASE("label: the name by podman's storage") {
  const std::vector<std::string> paths = {
      "/var/lib/s/overlay-containers/" + kId + "/userdata", "proc", "",
      "/run/s/overlay-containers/" + kId + "/userdata/hosts",
      "/run/s/overlay-containers/" + kId + "/userdata/.containerenv"};
  CHECK(storage_directories(paths, kId) ==
        std::vector<std::string>{"/var/lib/s/overlay-containers", "/run/s/overlay-containers"});
  CHECK(storage_directories(paths, "..").empty());
  const Json list = parse_json(R"([{"id": "x", "names": ["other"]}, 7, {"id": ")" + kId +
                                   R"(", "names": ["my-builder", "second"]}])",
                               "list");
  CHECK(name_in_storage(list, kId) == "my-builder");
  CHECK(name_in_storage(list, "y") == "");
  CHECK(name_in_storage(parse_json(R"([{"id": "x", "names": null}])", "list"), "x") == "");
  CHECK(name_in_storage(parse_json(R"({"id": "x"})", "list"), "x") == "");
  CHECK(name_by_storage({"/nonexistent/" + kId + "/userdata"}, kId) == "");
}
