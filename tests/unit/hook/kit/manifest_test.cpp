#include "hook/kit/manifest.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "common/base/fd.h"
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

TEST_CASE("manifest: sockets directly in a mounted directory, however many files are beside them") {
  const test::TemporaryDirectory directory;
  const auto make_socket = [&](const char* name) {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    struct sockaddr_un address = {AF_UNIX, {}};
    std::strncpy(address.sun_path, directory.at(name).c_str(), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(socket.get(), reinterpret_cast<struct sockaddr*>(&address), sizeof(address)) ==
            0);
  };
  make_socket("first");
  for (int i = 0; i < 4200; ++i) directory.write("file" + std::to_string(i), "");
  make_socket("last");
  Config config;
  config.mounts = {{"/run/x", "bind", directory.path(), {}}};
  std::vector<std::string> found = make_manifest(test::default_policy(), config).sockets;
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{"/run/x/first", "/run/x/last"});
}
