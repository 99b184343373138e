//! A container's figures as containerd's clients read them: the messages of containerd's
//! module `cgroups`, one for each version of cgroups.

use std::collections::HashMap;

use containerd_shim::protos::cgroups::metrics::{
    BlkIOEntry, BlkIOStat, CPUStat, CPUUsage, MemoryEntry, MemoryStat, Metrics, PidsStat, Throttle,
};
use containerd_shim::protos::protobuf::MessageFull;
use containerd_shim::protos::protobuf::reflect::ReflectValueBox;
use containerd_shim::protos::protobuf::well_known_types::any::Any;
use containerd_shim::util::convert_to_any;
use prost::Message;

use crate::cgroup::Cgroup;

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
        if let Some(field) = fields.field_by_name(&name) {
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

/// Version 2. The crate with containerd's messages has none for it.
mod unified;
