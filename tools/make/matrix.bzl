"""What the matrix of guests and hosts is made with; the list itself is hosts/matrix.bzl."""

def cells(guests, hosts):
    """The cells of the matrix.

    Args:
        guests: a dict from a guest to a struct of what it `exports` that hosts call, and what it `imports`.
        hosts: a dict from a host to a struct of the list of what it `calls`, what it `gives`, whether it `needs_root`, and which
            guests it `refuses`, with the reasons.

    Returns:
        A list of structs, guest by guest: `guest`, `host`, `needs_root`, and either the label of a `test` or the `reason` why there is
        none.
    """
    return [
        struct(
            guest = guest,
            host = host,
            needs_root = getattr(hosts[host], "needs_root", False),
            reason = _reason(guest, guests[guest], hosts[host]),
            test = "" if _reason(guest, guests[guest], hosts[host]) else "//hosts/{}:{}_test".format(host, guest),
        )
        for guest in guests
        for host in hosts
    ]

def _reason(name, guest, host):
    if not [name for name in host.calls if name in guest.exports]:
        return "the guest exports no " + " and no ".join(host.calls)
    if name in getattr(host, "refuses", {}):
        return host.refuses[name]
    missing = [name for name in guest.imports if name not in host.gives]
    return "the guest imports {}, which the host does not give".format(missing[0]) if missing else ""

def markdown(guests, hosts):
    """The matrix as tables in Markdown: one for each contract or interface that hosts call, with the guests that export it.

    Args:
        guests: see `cells`.
        hosts: see `cells`.

    Returns:
        The tables' lines, and those of the reasons why a cell has no test.
    """
    all = cells(guests, hosts)
    called = {name: None for host in hosts.values() for name in host.calls}
    lines, notes = [], {}

    # Contracts come before what WASI has.
    for name in sorted(called, key = lambda name: name.startswith("wasi:")):
        columns = [host for host in hosts if name in hosts[host].calls]
        lines += [
            "| exports `{}` | {} |".format(name, " | ".join(["`{}`".format(host) for host in columns])),
            "| --- |" + " :-: |" * len(columns),
        ]
        for guest in guests:
            if name not in guests[guest].exports:
                continue
            marks = []
            for cell in all:
                if cell.guest == guest and cell.host in columns:
                    if cell.reason:
                        notes.setdefault(cell.reason, len(notes) + 1)
                    marks.append("– <sup>{}</sup>".format(notes[cell.reason]) if cell.reason else "✓")
            lines.append("| `{}` | {} |".format(guest, " | ".join(marks)))
        lines.append("")
    return lines + ["{}. {}".format(number, reason) for reason, number in notes.items()]
