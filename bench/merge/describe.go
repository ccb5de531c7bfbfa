package merge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// describe is the merged run as far as the descriptions of its parts tell; complete adds what their records do.
func describe(inputs []*input) *results.Run {
	run := inputs[0].file.Run
	run.SchemaVersion, run.Benchmarks, run.Parts, run.Stopped = results.SchemaVersion, nil, nil, ""
	run.ServerMetrics, run.Shard, run.Clock = nil, "", nil
	run.Config = maps.Clone(run.Config)
	for _, in := range inputs[1:] {
		other := &in.file.Run
		maps.DeleteFunc(run.Config, func(name string, v any) bool { return !reflect.DeepEqual(v, other.Config[name]) })
		run.Host = commonHost(run.Host, other.Host)
		run.Tool = common(run.Tool, other.Tool)
		run.Engine = common(run.Engine, other.Engine)
		if run.Seed != other.Seed {
			run.Seed = 0
		}
	}
	run.ID = mergedID(inputs)
	return &run
}

// common joins two texts that differ.
func common(a, b string) string {
	if slices.Contains(strings.Split(a, ", "), b) {
		return a
	}
	return a + ", " + b
}

// details joins what two parts say of their end.
func details(a, b string) string {
	if b == "" || slices.Contains(strings.Split(a, "; "), b) {
		return a
	}
	return strings.TrimPrefix(a+"; "+b, "; ")
}

// commonHost is what two machines have in common; the fewer processors count, as a client is at its limit with those.
func commonHost(a, b results.Host) results.Host {
	if a == b {
		return a
	}
	same := func(x, y string) string {
		if x != y {
			return ""
		}
		return x
	}
	return results.Host{
		OS: same(a.OS, b.OS), Arch: same(a.Arch, b.Arch), Kernel: same(a.Kernel, b.Kernel), CPU: same(a.CPU, b.CPU),
		CPUs: min(a.CPUs, b.CPUs), MemoryBytes: min(a.MemoryBytes, b.MemoryBytes), GoVersion: same(a.GoVersion, b.GoVersion),
	}
}

// mergedID is the same for the same parts.
func mergedID(inputs []*input) string {
	var all []string
	for _, in := range inputs {
		all = append(all, ids(&in.file.Run)...)
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:6])
}

// complete fills in the parts and the benchmarks, once every record has been read.
func complete(run *results.Run, inputs []*input) error {
	for _, in := range inputs {
		in.describeWindows()
		run.Parts = append(run.Parts, in.parts()...)
		run.ServerMetrics = append(run.ServerMetrics, in.serverMetrics()...)
		if s := in.file.Run.Stopped; s != "" {
			run.Stopped = strings.TrimPrefix(run.Stopped+"; "+in.file.Run.ID+": "+s, "; ")
		}
	}
	if err := checkTogether(inputs); err != nil {
		return err
	}
	for _, index := range indices(inputs) {
		run.Benchmarks = append(run.Benchmarks, benchmark(index, inputs))
	}
	return nil
}

// describeWindows takes the windows that the run describes over those that its records show.
func (in *input) describeWindows() {
	for i := range in.file.Run.Benchmarks {
		b := &in.file.Run.Benchmarks[i]
		if b.WindowEndNS > b.StartNS {
			in.windows[int32(b.Index)] = results.Window{
				StartNS: b.StartNS + in.offset, SendEndNS: b.SendEndNS + in.offset,
				WindowEndNS: b.WindowEndNS + in.offset, EndNS: b.EndNS + in.offset,
			}
		}
	}
}

// parts are the input as one part, or its own where it had been merged.
func (in *input) parts() []results.Part {
	run := &in.file.Run
	if len(run.Parts) == 0 {
		return []results.Part{{
			ID: run.ID, Shards: in.shards, Shard: run.Shard, StartedAt: run.StartedAt, OffsetNS: in.offset, Rows: in.rows, Host: run.Host, Clock: run.Clock, Stopped: run.Stopped,
		}}
	}
	parts := slices.Clone(run.Parts)
	for i := range parts {
		parts[i].OffsetNS += in.offset
	}
	return parts
}

// serverMetrics are those of the input, on the clock of the merged run.
func (in *input) serverMetrics() []results.ServerMetrics {
	all := slices.Clone(in.file.Run.ServerMetrics)
	for i := range all {
		all[i].AtNS = slices.Clone(all[i].AtNS)
		for j := range all[i].AtNS {
			all[i].AtNS[j] += in.offset
		}
	}
	return all
}

// indices are the indices of all benchmarks, ascending.
func indices(inputs []*input) []int32 {
	all := map[int32]bool{}
	for _, in := range inputs {
		for index := range in.windows {
			all[index] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// benchmark describes one benchmark of the merged run. Its health is the worst that any part had: a client at its limit
// sets the figures of its own requests, however the others fared.
func benchmark(index int32, inputs []*input) results.Benchmark {
	var out results.Benchmark
	var windows []results.Window
	described := false
	for _, in := range inputs {
		windows = append(windows, in.apart(index)...)
		if load, ok := in.loads[index]; ok && !described {
			out = load
		}
		i := slices.IndexFunc(in.file.Run.Benchmarks, func(b results.Benchmark) bool { return int32(b.Index) == index })
		if i < 0 {
			continue
		}
		b := in.shifted(in.file.Run.Benchmarks[i])
		if !described {
			out, described = b, true
			continue
		}
		out.StopReason = common(out.StopReason, b.StopReason)
		out.StopDetail = details(out.StopDetail, b.StopDetail)
		out.Health = worse(out.Health, b.Health)
		out.WarmupStartNS = earlier(out.WarmupStartNS, b.WarmupStartNS)
		out.CooldownEndNS = max(out.CooldownEndNS, b.CooldownEndNS)
		out.TurnsDropped += b.TurnsDropped
	}
	out.Index = int(index)
	setWindows(&out, union(windows))
	return out
}

// shifted puts the ends of b's warm-up and cool-down on the clock of the merged run; its windows are set apart.
func (in *input) shifted(b results.Benchmark) results.Benchmark {
	for _, at := range []*int64{&b.WarmupStartNS, &b.CooldownEndNS} {
		if *at != 0 {
			*at += in.offset
		}
	}
	return b
}

// earlier is the earlier of two instants, of which 0 is none.
func earlier(a, b int64) int64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// apart are the windows of a benchmark: several where it had been merged before, none where it was not measured.
func (in *input) apart(index int32) []results.Window {
	for i := range in.file.Run.Benchmarks {
		b := &in.file.Run.Benchmarks[i]
		if int32(b.Index) != index || len(b.Windows) == 0 {
			continue
		}
		ws := slices.Clone(b.Windows)
		for j := range ws {
			ws[j].StartNS += in.offset
			ws[j].SendEndNS += in.offset
			ws[j].WindowEndNS += in.offset
			ws[j].EndNS += in.offset
		}
		return ws
	}
	if w, ok := in.windows[index]; ok {
		return []results.Window{w}
	}
	return nil
}

func setWindows(b *results.Benchmark, ws []results.Window) {
	first, last := ws[0], ws[len(ws)-1]
	b.StartNS, b.SendEndNS, b.WindowEndNS, b.EndNS, b.Windows = first.StartNS, last.SendEndNS, last.WindowEndNS, last.EndNS, nil
	if len(ws) > 1 {
		b.Windows = ws
	}
}

// union joins windows that overlap, as those of shards do, and sorts them.
func union(ws []results.Window) []results.Window {
	slices.SortFunc(ws, func(a, b results.Window) int {
		return cmp.Or(cmp.Compare(a.StartNS, b.StartNS), cmp.Compare(a.WindowEndNS, b.WindowEndNS))
	})
	var out []results.Window
	for _, w := range ws {
		if n := len(out); n > 0 && overlap(out[n-1], w) {
			last := &out[n-1]
			last.SendEndNS, last.WindowEndNS = max(last.SendEndNS, w.SendEndNS), max(last.WindowEndNS, w.WindowEndNS)
			last.EndNS = max(last.EndNS, w.EndNS)
			continue
		}
		out = append(out, w)
	}
	return out
}

// worse is the worst of two clients' health; connections add up.
func worse(a, b results.Health) results.Health {
	w := a
	if b.WallSeconds > 0 && (a.WallSeconds <= 0 || b.CPUSeconds/b.WallSeconds > a.CPUSeconds/a.WallSeconds) {
		w.CPUSeconds, w.WallSeconds = b.CPUSeconds, b.WallSeconds
	}
	w.GCCount += b.GCCount
	w.GCPauseMaxNS = max(a.GCPauseMaxNS, b.GCPauseMaxNS)
	w.SinkBacklogMax = max(a.SinkBacklogMax, b.SinkBacklogMax)
	w.SuspendedNS = max(a.SuspendedNS, b.SuspendedNS)
	w.ConnectionsOpened += b.ConnectionsOpened
	w.ConnectionsReused += b.ConnectionsReused
	w.Pacing = common(a.Pacing, b.Pacing)
	return w
}
