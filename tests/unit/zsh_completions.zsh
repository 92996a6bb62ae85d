# Prints what zsh offers for a line: zsh -f zsh_completions.zsh DIRECTORY SCRATCH WORD...
# DIRECTORY has the completion functions; the last word is the one that is being typed. zsh completes only in its line
# editor, which needs a terminal: so a shell in one, in which compadd writes down what it is given.
emulate -L zsh
zmodload zsh/zpty
directory=$1 scratch=$2 text=
shift 2
mkdir -p $scratch
text=${(j: :)${(@q)argv}}
cat >$scratch/setup <<'END'
PROMPT=
unset zle_bracketed_paste
autoload -Uz compinit
zstyle ':completion:*' insert-tab false
END
cat >>$scratch/setup <<END
fpath=(${(q)directory} \$fpath)
compinit -u -d ${(q)scratch}/dump
offered=${(q)scratch}/offered
END
cat >>$scratch/setup <<'END'
compadd() {
  local -a found
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    builtin compadd -A found "$@"
    print -rl -- $found >>$offered
  fi
  builtin compadd "$@"
}
finish() { print -r -- done >>$offered.done }
bindkey '^I' complete-word
comppostfuncs=(finish)
: >$offered
print -r -- ready
END
zpty shell zsh -f -i
zpty -w shell "source ${(q)scratch}/setup"
zpty -r shell line '*ready*'
zpty -w -n shell "$text"$'\t'
for _ in {1..200}; do
  [[ -e $scratch/offered.done ]] && break
  zpty -r -t shell line
  sleep 0.05
done
zpty -d shell
sort -u $scratch/offered | grep .
