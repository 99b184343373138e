//! Addresses that no guest reaches unless its user has named them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds tell a machine its secrets, besides 169.254.169.254.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Whether `address` is this machine, or is meant for this machine or its link alone, or
/// is none of one machine: what somebody who makes a guest send a request must not reach.
pub fn is_special(address: IpAddr) -> bool {
    METADATA.contains(&address)
        || match address.to_canonical() {
            IpAddr::V4(address) => is_special_v4(address),
            IpAddr::V6(address) => is_special_v6(address),
        }
}

fn is_special_v4(address: Ipv4Addr) -> bool {
    METADATA.contains(&address.into())
        || address.octets()[0] == 0
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
}

fn is_special_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    // Addresses of IPv4 within others: compatible ones, translated ones, and those of 6to4.
    let within = match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(v4(g, h)),
        [0x64, 0xff9b, 1, ..] => Some(v4(g, h)),
        [0x2002, ..] => Some(v4(b, c)),
        _ => None,
    };
    // fec0::/10 was the site's, as private addresses are; some networks still take it for the link's.
    within.is_some_and(is_special_v4)
        || address.is_unicast_link_local()
        || address.is_multicast()
        || a & 0xffc0 == 0xfec0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_known_in_all_their_forms() {
        for special in [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.0.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "239.255.255.250",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:100.100.100.200",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
        ] {
            assert!(
                is_special(special.parse().expect("an address")),
                "{special}"
            );
        }
    }

    #[test]
    fn others_are_not() {
        for plain in [
            "1.1.1.1",
            "10.0.0.1",
            "100.64.0.1",
            "126.255.255.255",
            "128.0.0.1",
            "172.17.0.1",
            "192.168.1.1",
            "::ffff:10.0.0.1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "fd00::1",
        ] {
            assert!(!is_special(plain.parse().expect("an address")), "{plain}");
        }
    }
}
