# fish completion for rind(1), the helper in a builder container.

set -l commands run explain shell why check launch
set -l hooks build_wheel build_sdist build_editable get_requires_for_build_wheel get_requires_for_build_sdist \
    get_requires_for_build_editable prepare_metadata_for_build_wheel prepare_metadata_for_build_editable _supported_features
set -l first "not __fish_seen_subcommand_from $commands"
set -l views '__fish_seen_subcommand_from run explain shell why'
set -l calls '__fish_seen_subcommand_from explain shell why'

# After -- it is the command's: its name, then files.
function __rind_after_dashes
    contains -- -- (commandline -opc)
end
function __rind_names_command
    test (commandline -opc)[-1] = --
end

complete -c rind -f
complete -c rind -n "$first" -a run -d 'Run a command as a step'
complete -c rind -n "$first" -a explain -d 'Show how a command or a hook would be isolated'
complete -c rind -n "$first" -a shell -d 'Start a shell in a step'
complete -c rind -n "$first" -a why -d 'Run a step under a tracer, and say what it was denied'
complete -c rind -n "$first" -a check -d 'Check the kit, the seams and a test step'
complete -c rind -n "$first" -a launch -d 'Become a command, outside of every step'
complete -c rind -n "$first" -l help -d 'Print a help'
complete -c rind -n "$first" -l version -d 'Print the version'
complete -c rind -n '__fish_seen_subcommand_from explain check' -l json -d 'Print one JSON object'
complete -c rind -n '__fish_seen_subcommand_from explain' -l path -r -F -d 'How this path looks'
complete -c rind -n '__fish_seen_subcommand_from explain' -l output -x -a '(__fish_complete_directories)' -d 'The output directory of the hook'
complete -c rind -n "$views" -l ro -r -F -d 'A path that is visible and read-only'
complete -c rind -n "$views" -l allow-read-execute -r -F -d 'The same'
complete -c rind -n "$views" -l allow-read -r -F -d 'The same, and nothing in it can be executed'
complete -c rind -n "$views" -l rw -r -F -d 'A path that is writable'
complete -c rind -n "$views" -l allow-read-write -r -F -d 'The same'
complete -c rind -n "$views" -l hide -r -F -d 'A path that is empty'
complete -c rind -n "$views" -l allow-network -d 'The network of the container'
complete -c rind -n "$views" -l replace-policy -d 'No view of the policy holds'
complete -c rind -n "$calls" -l hook -x -a "$hooks" -d 'A hook of PEP 517'
complete -c rind -n "$calls" -l source -x -a '(__fish_complete_directories)' -d 'The sources of the package'
complete -c rind -n '__rind_names_command' -a '(__fish_complete_command)'
complete -c rind -n '__rind_after_dashes; and not __rind_names_command' -F
