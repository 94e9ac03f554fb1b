"""Phase 3: whether every hop answers, for every business system and both ways of asking."""

from office.characters import carried

SYSTEMS = ("residents", "tax", "child-allowance", "welfare", "nursing-insurance", "disability", "study-support")
# Characters that break systems which count two bytes each, or which take look-alikes for one.
PAYLOAD = "疎通確認 𠮷野・髙﨑 〜～ −－ & < > ' \""


def add_commands(commands):
    commands("service", service, "稼働状況 / whether the network is open")
    checking = commands("check-connectivity", check, "疎通を確認する / check every system and way of asking")
    checking.add_argument("--peer", required=True, help="相手先の機関コード / the peer's institution code")


def service(office, _arguments):
    answer = office.network.call("GetServiceStatus")
    print(f"state={answer['State']} opens={answer['Opens']} closes={answer['Closes']}")


def check(office, arguments):
    broken = 0
    for system in SYSTEMS:
        for mode in ("online", "batch"):
            sent = carried(PAYLOAD)
            echo = office.network.call(
                "Echo", System=system, Mode=mode, SentAt=office.settings.now.isoformat(timespec="seconds"), Payload=sent
            )
            route = office.network.call("CheckRoute", System=system, Mode=mode, Peer=arguments.peer)
            first = route.get("FirstBroken", "-")
            intact = echo["Payload"] == sent
            broken += route["Result"] != "reached" or not intact
            print(f"system={system} mode={mode} echo={'same' if intact else 'changed'} route={route['Result']} broken={first}")
    if broken:
        raise SystemExit(f"疎通しない経路が {broken} 件あります / {broken} of the routes are broken")
