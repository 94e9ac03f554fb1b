# schemathesis against the control API's own OpenAPI document, on a mock of its own, since it deletes what it finds.
# The examples are few and always the same ones, so that a red run can be repeated.
cd "$WORK" || exit 1
"$RENKEI" mock --pki "$PKI" >schemathesis.ready 2>schemathesis.log &
mock=$!
trap 'kill $mock; wait $mock' EXIT
for _ in $(seq 100); do [ -s schemathesis.ready ] && break; sleep 0.1; done
control=$(python3 -c 'import json; print(json.load(open("schemathesis.ready"))["control"])') || exit 1
# The document as served, but for how long a call may wait: what is asked is whether it waits, not for how long.
python3 - "$control" <<'END' || exit 1
import json, sys, urllib.request
document = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1] + "/openapi.json"))
document["components"]["parameters"]["Wait"]["schema"]["pattern"] = "^[1-9]ms$"
json.dump(document, open("openapi.json", "w"))
END
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
checks=$checks,response_schema_conformance,negative_data_rejection,unsupported_method,use_after_free
for mode in positive negative; do
  if timeout 240 "$TOOLS/venv/bin/schemathesis" --no-color run openapi.json --url "$control" --checks "$checks" --mode "$mode" \
    --phases examples,coverage,fuzzing,stateful --max-examples 25 --seed 2026 --generation-deterministic \
    --request-timeout 10 --suppress-health-check all --continue-on-failure >schemathesis.out 2>&1; then
    echo "ok      schemathesis, $mode: $(grep -E '^ +[0-9]+ generated' schemathesis.out | head -1 | sed 's/^ *//')"
  else
    echo "FAILED  schemathesis, $mode"
    sed 's/^/        /' schemathesis.out | head -150
  fi
done
if grep -q panicked schemathesis.log; then echo "FAILED  the mock panicked"; else echo "ok      the mock did not panic"; fi
