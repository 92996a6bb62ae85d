# fish completion for rind-hook(8).

set -l commands hook check status policy log report prune
complete -c rind-hook -f
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a hook -d 'Run as an OCI hook'
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a check -d 'Check whether this host can isolate builds'
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a status -d 'List the running builder containers'
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a policy -d 'Hold expectations against the policy'
complete -c rind-hook -n '__fish_seen_subcommand_from policy; and not __fish_seen_subcommand_from test' -a test -d 'Each file describes steps'
complete -c rind-hook -n '__fish_seen_subcommand_from policy; and __fish_seen_subcommand_from test' -F
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a log -d 'Print the records of steps as a table'
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a report -d 'Write one HTML page about the records of steps'
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -a prune -d 'Remove old record files'
complete -c rind-hook -s h -l help -d 'Print a help'
complete -c rind-hook -n "not __fish_seen_subcommand_from $commands" -l version -d 'Print the version'
complete -c rind-hook -n '__fish_seen_subcommand_from check status log' -l json -d 'Print one JSON object'
complete -c rind-hook -n '__fish_seen_subcommand_from check' -l hook -r -F -d 'The hook that the hook files should start'
complete -c rind-hook -n '__fish_seen_subcommand_from hook check' -l helper -r -F -d 'The helper'
complete -c rind-hook -n "__fish_seen_subcommand_from $commands" -l defaults -r -F -d 'The file with the policy\'s defaults'
complete -c rind-hook -n "__fish_seen_subcommand_from $commands" -l config -x -a '(__fish_complete_directories)' -d 'The directory of policy.json and policy.d'
complete -c rind-hook -n '__fish_seen_subcommand_from log report' -F
complete -c rind-hook -n '__fish_seen_subcommand_from log report' -l since -x -d 'Only steps that ended since then'
complete -c rind-hook -n '__fish_seen_subcommand_from log report' -l package -x -d 'Only steps of these packages'
complete -c rind-hook -n '__fish_seen_subcommand_from log report' -l failed -d 'Only steps that failed'
complete -c rind-hook -n '__fish_seen_subcommand_from log' -l provenance -d 'Print an in-toto statement for each output'
complete -c rind-hook -n '__fish_seen_subcommand_from report' -s o -l output -r -F -d 'The file to write'
complete -c rind-hook -n '__fish_seen_subcommand_from prune' -l older-than -x -d 'Files without a new line for so long'
complete -c rind-hook -n '__fish_seen_subcommand_from prune' -l larger-than -x -d 'The oldest, until the rest is not larger'
complete -c rind-hook -n '__fish_seen_subcommand_from prune' -l dry-run -d 'Remove nothing'
