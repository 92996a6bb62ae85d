# The JSON Schemas, held against parser and defaults. Real records are held against theirs in
# tests/container/record.sh.

# The interpreter that the distribution's jsonschema is for.
schema() { expect_status 0 /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/schema.py" "$@"; }

test_policy_schema_judges_as_the_parser() { schema cases; }
test_policy_schema_has_the_parsers_keys_and_defaults() { schema keys; }
test_record_schema() { schema records; }
test_defaults_and_starting_policies_fit_the_schema() {
  schema policies "$RIND_SOURCE"/policy/*.json "$RIND_SOURCE"/policy/policies/*.json
}

test_expectations_fit_the_schema() { schema tests "$RIND_SOURCE"/policy/expected/*.json; }

test_schemas_are_installed() {
  local name
  for name in policy policy-test record; do
    cmp "$RIND_SOURCE/schema/$name.schema.json" "$RIND_STAGE/usr/share/rind/schema/$name.schema.json"
  done
}
