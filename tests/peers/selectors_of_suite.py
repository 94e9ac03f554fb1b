"""The runner's XPath against libxml2's: every selector of the suite, on the answers that the run kept.

Each selector is tried on the answers of its own step, where the suite relies on it, and on one answer of each sort.
What is compared are the values that it selects, in their order; `xmllint --xpath` is asked as well, on its own step.
"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import tomllib

from lxml import etree

from cases import check
from kept import exchanges, fault_code, payload, scenarios, tree

PARAMETER = re.compile(r"\{\{\s*([\w-]+)\s*\}\}")
# Further expressions, of which the suite need not hold any.
EXPRESSIONS = [
    line for line in pathlib.Path("tests/peers/expressions.txt").read_text().splitlines() if not line.startswith("#")
]
# What the contract has none of: attributes, comments, instructions, other namespaces.
ODD = pathlib.Path("tests/peers/odd.xml")
LEFT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def filled(value, given):
    """A string of shared steps with the values that a scenario gives them."""
    if isinstance(value, str):
        return PARAMETER.sub(lambda found: str(given.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {filled(key, given): filled(entry, given) for key, entry in value.items()}
    if isinstance(value, list):
        return [filled(entry, given) for entry in value]
    return value


def steps_of(scenario, given={}):
    """The steps as the runner sees them: shared steps stand in the place of `use`."""
    for step in filled(scenario.get("step", []), given):
        if "use" not in step:
            yield step
            continue
        shared = tomllib.loads((pathlib.Path("scenarios") / step["use"]).read_text())
        for inner in steps_of(shared, step.get("with", {})):
            yield inner | {"id": f"{step['id']}-{inner['id']}"}


def selectors_of(step):
    expect, until = step.get("expect", {}), step.get("until", {})
    yield from expect.get("xpath", {})
    yield from until.get("xpath", {})
    yield from step.get("capture", {}).values()


def paths_in(value):
    """Whatever in the profile looks like a path."""
    if isinstance(value, str) and value.startswith("/"):
        yield value
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from paths_in(entry)
    if isinstance(value, dict):
        yield from (key for key in value if key.startswith("/"))


def collect(folder, profile):
    """path → the selectors to try on it."""
    own, samples, everywhere = {}, {}, set(paths_in(profile)) | set(EXPRESSIONS)
    kept = {}
    for scenario, step, files in exchanges(folder):
        root = tree(files["response"]) if "response" in files else None
        if root is not None:
            kept.setdefault((scenario, step), []).append(files["response"])
            message = payload(root)
            samples.setdefault((None if message is None else message.tag, fault_code(root)), files["response"])
    for scenario, read in scenarios().items():
        for step in steps_of(read):
            # A value that is known only in the run is replaced; both readers get the same.
            chosen = {LEFT.sub("x", expression) for expression in selectors_of(step)}
            everywhere |= chosen
            for path in kept.get((scenario, step["id"]), []):
                own.setdefault(path, set()).update(chosen)
    return own, everywhere, [*samples.values(), ODD]


def text_of(found):
    return str(found) if isinstance(found, str) else found.xpath("string()")


def by_libxml2(document, expression, prefixes):
    try:
        found = document.xpath(expression, namespaces=prefixes)
        if isinstance(found, list):
            return {"Ok": [text_of(node) for node in found]}
        return {"Ok": [document.xpath(f"string({expression})", namespaces=prefixes)]}
    except etree.XPathError as error:
        return {"Err": str(error)}


def by_the_runner(prefixes, wanted):
    asked = [json.dumps(prefixes)] + [json.dumps([str(path), expressions]) for path, expressions in wanted]
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--example", "peers-select"], check=True)
    done = subprocess.run(
        ["target/debug/examples/peers-select"], input="\n".join(asked) + "\n", capture_output=True, text=True, check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_name(expression, prefixes):
    """The same without prefixes, since xmllint's command line declares none."""
    def step(match):
        return f"*[local-name()='{match[2]}' and namespace-uri()='{prefixes[match[1]]}']"
    parts = re.split(r"('[^']*'|\"[^\"]*\")", expression)
    parts[::2] = [re.sub(r"\b(\w+):([A-Za-z][\w.-]*)(?!\s*\()", step, part) for part in parts[::2]]
    return "".join(parts)


def differs_in_xmllint(path, expression, expected, prefixes):
    expression = by_name(expression, prefixes)
    values = expected.get("Ok", [])
    ask = f"string({expression})"
    done = subprocess.run(["xmllint", "--xpath", ask, str(path)], capture_output=True, text=True, check=False)
    first = done.stdout.removesuffix("\n")
    return None if first == (values[0] if values else "") else f"{expression}: '{first}', not {values[:1]}"


def judge(folder):
    profile = tomllib.loads(pathlib.Path("scenarios/profile.toml").read_text())
    prefixes = profile["namespaces"]
    own, everywhere, samples = collect(folder, profile)
    wanted = [(path, sorted(expressions)) for path, expressions in sorted(own.items()) if expressions]
    wanted += [(path, sorted(everywhere)) for path in samples]
    answers = by_the_runner(prefixes, wanted)
    compared, wrong, tasks = 0, [], {}
    for (path, expressions), ours in zip(wanted, answers, strict=True):
        document = etree.ElementTree(tree(path))
        for expression, selected in zip(expressions, ours, strict=True):
            compared += 1
            theirs = by_libxml2(document, expression, prefixes)
            if selected != theirs and not ("Err" in selected and "Err" in theirs):
                wrong.append(f"{path.parent.name}/{path.name} {expression}: the runner {selected}, libxml2 {theirs}")
            if expression in own.get(path, ()):
                tasks.setdefault(expression, (path, expression, selected, prefixes))
    check(f"libxml2: {len(everywhere)} selectors select the same ({compared} comparisons)", compared and not wrong, "\n".join(wrong))
    untried = sorted(everywhere - set(tasks) - set(paths_in(profile)) - set(EXPRESSIONS))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = [text for text in pool.map(lambda task: differs_in_xmllint(*task), tasks.values()) if text]
    check(f"xmllint --xpath: {len(tasks)} selectors on the answers of their own steps", tasks and not found, "\n".join(found))
    check("every selector was tried on an answer of its own step", not untried, "\n".join(untried))
