#include "hook/kit/manifest.h"

#include "common/base/hash.h"
#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

TEST_CASE("manifest: values of the environment are hashed, but for those that views go by") {
  Config config;
  config.environment = {"NETRC=/etc/netrc", "TOKEN=secret", "CARGO_HOME=/c", "BROKEN"};
  config.masked_paths = {"/proc/kcore"};
  const kit::Manifest manifest = make_manifest(test::default_policy(), config);
  CHECK(manifest.environment.at("TOKEN") == sha256_hex("secret"));
  CHECK(manifest.environment.count("BROKEN") == 0);
  // What the container loses it must not be able to guess.
  Policy narrowed = test::default_policy();
  narrowed.narrow.environment = {"TOK*"};
  CHECK(make_manifest(narrowed, config).environment.at("TOKEN").empty());
  CHECK(manifest.variables.at("NETRC") == "/etc/netrc");
  CHECK(manifest.variables.at("CARGO_HOME") == "/c");  // of $CARGO_HOME/credentials
  CHECK(manifest.variables.count("TOKEN") == 0);
  CHECK(manifest.masked_paths == config.masked_paths);
  CHECK(manifest.path.front() == "/usr/local/sbin");  // what runtimes take without a PATH
  config.environment = {"PATH=/opt/x/bin::bin:/usr/bin"};
  CHECK(make_manifest(test::default_policy(), config).path ==
        std::vector<std::string>{"/opt/x/bin", "/usr/bin"});
  CHECK_FALSE(test::contains(kit::to_json(manifest).dump(), "secret\""));
}

TEST_CASE("manifest: a mount whose source is no path of the host has no sockets") {
  Config config;
  config.mounts = {{"/dev", "tmpfs", "tmpfs", {}},
                   {"/x", "bind", "/nonexistent", {}},
                   {"/y", "bind", "/etc", {}}};
  CHECK(make_manifest(test::default_policy(), config).sockets.empty());
}
