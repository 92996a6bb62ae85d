# Sources all of tests/lib. Nothing in it does anything before it is called.
_lib=$(dirname "${BASH_SOURCE[0]}")
for _file in common wait page_blocks terminal packages build image cross distro inner_run vm installed engine wheels fromager corpus uv rpm deb front_ends bundle cri_o nested matrix report limit parallel recording runtimes attack fuzz suites; do
  # shellcheck source=/dev/null
  source "$_lib/$_file.sh"
done
