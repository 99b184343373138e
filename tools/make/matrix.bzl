"""What the matrix of guests and hosts is made with; the list itself is hosts/matrix.bzl."""

def cells(guests, hosts):
    """The cells of the matrix.

    Args:
        guests: a dict from a guest to a struct of what it `exports` that hosts call, and what it `imports`.
        hosts: a dict from a host to a struct of what it `calls`, what it `gives`, and whether it `needs_root`.

    Returns:
        A list of structs, guest by guest: `guest`, `host`, `needs_root`, and either the label of a `test` or the `reason` why there is
        none.
    """
    return [
        struct(
            guest = guest,
            host = host,
            needs_root = getattr(hosts[host], "needs_root", False),
            reason = _reason(guests[guest], hosts[host]),
            test = "" if _reason(guests[guest], hosts[host]) else "//hosts/{}:{}_test".format(host, guest),
        )
        for guest in guests
        for host in hosts
    ]

def _reason(guest, host):
    if host.calls not in guest.exports:
        return "the guest exports no " + host.calls
    missing = [name for name in guest.imports if name not in host.gives]
    return "the guest imports {}, which the host does not give".format(missing[0]) if missing else ""

def markdown(guests, hosts):
    """The matrix as tables in Markdown: one for each interface that hosts call, with the guests that export it.

    Args:
        guests: see `cells`.
        hosts: see `cells`.

    Returns:
        The tables' lines, and those of the reasons why a cell has no test.
    """
    all = cells(guests, hosts)
    interfaces = {hosts[host].calls: None for host in hosts}
    shown = [cell for cell in all if hosts[cell.host].calls in guests[cell.guest].exports]
    reasons = {cell.reason: None for cell in shown if cell.reason}.keys()
    notes = {reasons[i]: i + 1 for i in range(len(reasons))}
    lines = []
    for interface in interfaces:
        columns = [host for host in hosts if hosts[host].calls == interface]
        lines += [
            "| exports `{}` | {} |".format(interface, " | ".join(["`{}`".format(host) for host in columns])),
            "| --- |" + " :-: |" * len(columns),
        ]
        for guest in guests:
            row = [
                "– <sup>{}</sup>".format(notes[cell.reason]) if cell.reason else "✓"
                for cell in shown
                if cell.guest == guest and cell.host in columns
            ]
            if row:
                lines.append("| `{}` | {} |".format(guest, " | ".join(row)))
        lines.append("")
    return lines + ["{}. {}".format(notes[reason], reason) for reason in reasons]
