//! A container's figures as containerd's clients read them: the messages of containerd's
//! module `cgroups`, one for each version of cgroups.

use std::collections::HashMap;

use containerd_shim::protos::cgroups::metrics::{
    BlkIOEntry, BlkIOStat, CPUStat, CPUUsage, MemoryEntry, MemoryStat, Metrics, PidsStat, Throttle,
};
use containerd_shim::protos::protobuf::MessageFull;
use containerd_shim::protos::protobuf::reflect::{
    FieldDescriptor, ReflectValueBox, RuntimeFieldType, RuntimeType,
};
use containerd_shim::protos::protobuf::well_known_types::any::Any;
use containerd_shim::util::convert_to_any;
use prost::Message;

use crate::cgroup::Cgroup;

/// Version 2: the crate with containerd's messages has none for it.
mod unified;

/// The figures of a cgroup, of the message for its version.
pub fn of(cgroup: &Cgroup) -> containerd_shim::Result<Any> {
    if cgroup.is_unified() {
        return Ok(Any {
            type_url: "io.containerd.cgroups.v2.Metrics".to_owned(),
            value: unified::metrics(cgroup).encode_to_vec(),
            ..Any::default()
        });
    }
    convert_to_any(Box::new(metrics(cgroup)))
}

fn metrics(cgroup: &Cgroup) -> Metrics {
    let mut metrics = Metrics::new();
    metrics.cpu = Some(cpu(cgroup)).into();
    metrics.memory = Some(memory(cgroup)).into();
    metrics.blkio = Some(io(cgroup)).into();
    let mut pids = PidsStat::new();
    pids.current = cgroup.number("pids", "pids.current").unwrap_or(0);
    // Here 0 is what stands for no limit.
    let limit = cgroup.number("pids", "pids.max");
    pids.limit = limit.filter(|limit| *limit != u64::MAX).unwrap_or(0);
    metrics.pids = Some(pids).into();
    metrics
}

fn cpu(cgroup: &Cgroup) -> CPUStat {
    let time = |file| cgroup.number("cpuacct", file).unwrap_or(0);
    let mut usage = CPUUsage::new();
    usage.total = time("cpuacct.usage");
    usage.user = time("cpuacct.usage_user");
    usage.kernel = time("cpuacct.usage_sys");
    let each = cgroup.text("cpuacct", "cpuacct.usage_percpu");
    let each = each.unwrap_or_default();
    usage.per_cpu = each
        .split_whitespace()
        .filter_map(|time| time.parse().ok())
        .collect();
    let table = cgroup.table("cpu", "cpu.stat");
    let mut throttling = Throttle::new();
    throttling.periods = at(&table, "nr_periods");
    throttling.throttled_periods = at(&table, "nr_throttled");
    throttling.throttled_time = at(&table, "throttled_time");
    let mut cpu = CPUStat::new();
    cpu.usage = Some(usage).into();
    cpu.throttling = Some(throttling).into();
    cpu
}

fn memory(cgroup: &Cgroup) -> MemoryStat {
    let mut memory = MemoryStat::new();
    let fields = MemoryStat::descriptor();
    for (name, value) in cgroup.table("memory", "memory.stat") {
        // The message writes some of the kernel's words in parts.
        let name = name
            .replace("pgpg", "pg_pg_")
            .replace("pgmaj", "pg_maj_")
            .replace("pgfault", "pg_fault");
        // What the kernel calls swap is a number, and in the message it is a message.
        let field = fields.field_by_name(&name).filter(is_number);
        if let Some(field) = field {
            field.set_singular_field(&mut memory, ReflectValueBox::U64(value));
        }
    }
    let entry = |kind: &str| {
        let number = |name: &str| cgroup.number("memory", &format!("{kind}.{name}"));
        let mut entry = MemoryEntry::new();
        entry.usage = number("usage_in_bytes")?;
        entry.limit = number("limit_in_bytes").unwrap_or(u64::MAX);
        entry.max = number("max_usage_in_bytes").unwrap_or(0);
        entry.failcnt = number("failcnt").unwrap_or(0);
        Some(entry)
    };
    memory.usage = entry("memory").into();
    memory.swap = entry("memory.memsw").into();
    memory.kernel = entry("memory.kmem").into();
    memory.kernel_tcp = entry("memory.kmem.tcp").into();
    memory
}

fn is_number(field: &FieldDescriptor) -> bool {
    let kind = field.runtime_field_type();
    matches!(kind, RuntimeFieldType::Singular(RuntimeType::U64))
}

fn io(cgroup: &Cgroup) -> BlkIOStat {
    let entries = |file| {
        let text = cgroup.text("blkio", file).unwrap_or_default();
        // As `8:0 Read 4096`.
        let entry = |line: &str| {
            let mut words = line.split_whitespace();
            let (major, minor) = words.next()?.split_once(':')?;
            let mut entry = BlkIOEntry::new();
            entry.major = major.parse().ok()?;
            entry.minor = minor.parse().ok()?;
            entry.op = words.next()?.to_owned();
            entry.value = words.next()?.parse().ok()?;
            Some(entry)
        };
        text.lines().filter_map(entry).collect()
    };
    let mut io = BlkIOStat::new();
    io.io_service_bytes_recursive = entries("blkio.throttle.io_service_bytes_recursive");
    io.io_serviced_recursive = entries("blkio.throttle.io_serviced_recursive");
    io
}

fn at(table: &HashMap<String, u64>, name: &str) -> u64 {
    table.get(name).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use containerd_shim::protos::protobuf::Message as _;

    use super::*;

    /// A cgroup that is made of files.
    fn cgroup(name: &str, unified: bool, files: &[(&str, &str)]) -> (PathBuf, Cgroup) {
        let root = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = root.join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        }
        let text = "4:memory:/c\n3:cpu,cpuacct:/c\n2:pids:/c\n1:blkio:/c\n0::/c\n";
        let cgroup = Cgroup::parse(text, unified, Path::new(&root));
        (root, cgroup)
    }

    #[test]
    fn version_1() {
        let (root, cgroup) = cgroup(
            "v1",
            false,
            &[
                ("cpuacct/c/cpuacct.usage", "3000\n"),
                ("cpuacct/c/cpuacct.usage_percpu", "1000 2000 \n"),
                ("cpu/c/cpu.stat", "nr_periods 5\nnr_throttled 4\n"),
                ("memory/c/memory.usage_in_bytes", "4096\n"),
                ("memory/c/memory.limit_in_bytes", "9223372036854771712\n"),
                (
                    "memory/c/memory.stat",
                    "swap 5\ntotal_inactive_file 7\npgmajfault 8\n",
                ),
                ("memory/c/memory.oom_control", "under_oom 0\noom_kill 2\n"),
                ("pids/c/pids.current", "6\n"),
                ("pids/c/pids.max", "max\n"),
                (
                    "blkio/c/blkio.throttle.io_service_bytes_recursive",
                    "8:1 Read 9\nTotal 9\n",
                ),
            ],
        );
        let any = of(&cgroup).expect("figures");
        assert_eq!(any.type_url, "io.containerd.cgroups.v1.Metrics");
        let metrics = Metrics::parse_from_bytes(&any.value).expect("a message");
        assert_eq!(metrics.cpu.usage.total, 3000);
        assert_eq!(metrics.cpu.usage.per_cpu, [1000, 2000]);
        assert_eq!(metrics.cpu.throttling.throttled_periods, 4);
        assert_eq!(metrics.memory.usage.usage, 4096);
        assert!(metrics.memory.usage.limit > 1 << 62);
        assert_eq!(metrics.memory.total_inactive_file, 7);
        assert_eq!(metrics.memory.pg_maj_fault, 8);
        assert!(
            metrics.memory.swap.is_none(),
            "this kernel has no account of it"
        );
        assert_eq!((metrics.pids.current, metrics.pids.limit), (6, 0));
        let [read] = &metrics.blkio.io_service_bytes_recursive[..] else {
            panic!("one line is about a device");
        };
        assert_eq!((read.major, read.minor, read.value), (8, 1, 9));
        assert_eq!(cgroup.out_of_memory(), 2);
        fs::remove_dir_all(root).expect("it is there");
    }

    #[test]
    fn version_2() {
        let (root, cgroup) = cgroup(
            "v2",
            true,
            &[
                ("c/cpu.stat", "usage_usec 3\nuser_usec 2\nsystem_usec 1\n"),
                ("c/memory.current", "4096\n"),
                ("c/memory.max", "max\n"),
                ("c/memory.stat", "inactive_file 7\npgmajfault 8\n"),
                ("c/memory.events", "oom 3\noom_kill 2\n"),
                ("c/pids.current", "6\n"),
                ("c/pids.max", "100\n"),
                (
                    "c/io.stat",
                    "8:1 rbytes=9 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n",
                ),
                ("c/cgroup.procs", "12\n13\n"),
            ],
        );
        let any = of(&cgroup).expect("figures");
        assert_eq!(any.type_url, "io.containerd.cgroups.v2.Metrics");
        let metrics = unified::Metrics::decode(any.value.as_slice()).expect("a message");
        let memory = metrics.memory.expect("memory");
        assert_eq!((memory.usage, memory.usage_limit), (4096, u64::MAX));
        assert_eq!((memory.inactive_file, memory.pgmajfault), (7, 8));
        assert_eq!(metrics.cpu.expect("cpu").usage_usec, 3);
        assert_eq!(metrics.pids.expect("pids").limit, 100);
        assert_eq!(metrics.io.expect("io").usage[0].rbytes, 9);
        assert_eq!(metrics.memory_events.expect("events").oom_kill, 2);
        assert_eq!(cgroup.out_of_memory(), 2);
        assert_eq!(cgroup.processes(), [12, 13]);
        fs::remove_dir_all(root).expect("it is there");
    }
}
