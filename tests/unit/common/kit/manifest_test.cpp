#include "common/kit/manifest.h"

#include "common/base/hash.h"
#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::error_of;

TEST_CASE("manifest: what is written is what is read") {
  kit::Manifest manifest;
  manifest.path = {"/opt/x/bin", "/usr/bin"};
  manifest.seams = {{kit::SeamKind::kScript, "/a/run.sh", "/dev/rind/originals/0"},
                    {kit::SeamKind::kUnshare, "/usr/bin/unshare", "/dev/rind/originals/1"},
                    {kit::SeamKind::kEntry, "/usr/bin/bash", "/dev/rind/originals/2"}};
  manifest.masked_paths = {"/proc/kcore"};
  manifest.sockets = {"/docker.sock"};
  manifest.host_places = {{"254:0", "/"}, {"0:41", "/@"}};
  manifest.may_show_host = false;
  manifest.environment = {{"HOME", sha256_hex("/root")}};
  manifest.variables = {{"NETRC", "/etc/netrc"}};
  manifest.container = "4f5e";
  manifest.twin_ids = {61184, 61185};
  manifest.volumes = {{{"8:1", "/srv/work"}, ""}, {{"0:50", "/"}, "Invalid argument"}};
  const kit::Manifest read = kit::parse_manifest(kit::to_json(manifest), "m");
  REQUIRE(read.seams.size() == 3);
  CHECK(read.seams[2].kind == kit::SeamKind::kEntry);
  CHECK(read.seams[1].kind == kit::SeamKind::kUnshare);
  CHECK(read.seams[0].path == "/a/run.sh");
  CHECK(read.path == manifest.path);
  CHECK(read.masked_paths == manifest.masked_paths);
  CHECK(read.sockets == manifest.sockets);
  CHECK(read.host_places == manifest.host_places);
  CHECK_FALSE(read.may_show_host);
  CHECK(read.environment == manifest.environment);
  CHECK(read.variables == manifest.variables);
  CHECK(read.container == "4f5e");
  CHECK(read.twin_ids == manifest.twin_ids);
  CHECK(read.volumes == manifest.volumes);
  CHECK(kit::twin_path(61184, 1) == "/dev/rind/twins/61184/1");
}

TEST_CASE("manifest: an unknown key or version is an error") {
  Json value = kit::to_json({});
  value.erase("path");
  value.erase("twins");
  value.erase("may_show_host");
  CHECK(kit::parse_manifest(value, "m").may_show_host);
  CHECK(kit::parse_manifest(value, "m").path.empty());
  value["extra"] = 1;
  CHECK_FALSE(error_of([&] { kit::parse_manifest(value, "m"); }).empty());
  value.erase("extra");
  value["twins"] = {{"ids", {4294967296}}, {"volumes", Json::array()}};
  CHECK_FALSE(error_of([&] { kit::parse_manifest(value, "m"); }).empty());
  value.erase("twins");
  value["version"] = 2;
  CHECK_FALSE(error_of([&] { kit::parse_manifest(value, "m"); }).empty());
}
