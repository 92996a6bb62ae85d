#include "tests/fuzz/targets.h"

namespace rind::fuzz {

void fuzz_annotations(std::string_view input);
void fuzz_artefact_name(std::string_view input);
void fuzz_cgroup(std::string_view input);
void fuzz_command_line(std::string_view input);
void fuzz_credentials(std::string_view input);
void fuzz_environment(std::string_view input);
void fuzz_failed_calls(std::string_view input);
void fuzz_flat_kit(std::string_view input);
void fuzz_git_config(std::string_view input);
void fuzz_hook_call(std::string_view input);
void fuzz_input_json(std::string_view input);
void fuzz_jobserver(std::string_view input);
void fuzz_json(std::string_view input);
void fuzz_kit_json(std::string_view input);
void fuzz_mountinfo(std::string_view input);
void fuzz_oci_config(std::string_view input);
void fuzz_oci_state(std::string_view input);
void fuzz_output_json(std::string_view input);
void fuzz_passwd(std::string_view input);
void fuzz_policy(std::string_view input);
void fuzz_program_text(std::string_view input);
void fuzz_pyproject(std::string_view input);
void fuzz_pyvenv_cfg(std::string_view input);
void fuzz_record_line(std::string_view input);
void fuzz_shebang(std::string_view input);
void fuzz_stated_step(std::string_view input);
void fuzz_times(std::string_view input);
void fuzz_toml(std::string_view input);
void fuzz_unshare(std::string_view input);
void fuzz_url(std::string_view input);
void fuzz_version(std::string_view input);
void fuzz_wildcard(std::string_view input);

const std::vector<Target>& all_targets() {
  static const std::vector<Target> kTargets = {
      {"annotations", fuzz_annotations},
      {"artefact_name", fuzz_artefact_name},
      {"cgroup", fuzz_cgroup},
      {"command_line", fuzz_command_line},
      {"credentials", fuzz_credentials},
      {"environment", fuzz_environment},
      {"failed_calls", fuzz_failed_calls},
      {"flat_kit", fuzz_flat_kit},
      {"git_config", fuzz_git_config},
      {"hook_call", fuzz_hook_call},
      {"input_json", fuzz_input_json},
      {"jobserver", fuzz_jobserver},
      {"json", fuzz_json},
      {"kit_json", fuzz_kit_json},
      {"mountinfo", fuzz_mountinfo},
      {"oci_config", fuzz_oci_config},
      {"oci_state", fuzz_oci_state},
      {"output_json", fuzz_output_json},
      {"passwd", fuzz_passwd},
      {"policy", fuzz_policy},
      {"program_text", fuzz_program_text},
      {"pyproject", fuzz_pyproject},
      {"pyvenv_cfg", fuzz_pyvenv_cfg},
      {"record_line", fuzz_record_line},
      {"shebang", fuzz_shebang},
      {"stated_step", fuzz_stated_step},
      {"times", fuzz_times},
      {"toml", fuzz_toml},
      {"unshare", fuzz_unshare},
      {"url", fuzz_url},
      {"version", fuzz_version},
      {"wildcard", fuzz_wildcard},
  };
  return kTargets;
}

}  // namespace rind::fuzz
