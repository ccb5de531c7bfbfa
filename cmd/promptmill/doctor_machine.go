package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// fewFiles is how many open files are too few for a thousand connections with their event queues beside the results.
const fewFiles = 4096

func findVersion() finding {
	return finding{"promptmill", findingOK, fmt.Sprintf("%s, built with %s for %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH), ""}
}

func findSystem() finding {
	h := describeHost()
	f := finding{Name: "system", Status: findingOK, Found: strings.TrimSpace(h.OS + " " + h.Kernel)}
	if h.CPU != "" {
		f.Found += ", " + h.CPU
	}
	if runtime.GOOS != "linux" {
		f.Status = findingNote
		f.Advice = "arrival times from the kernel and pacing by a thread of its own are had on Linux only: measure from there where microseconds count"
	}
	return f
}

// findProcessors says how many processors this process may use, which a container's quota can make fewer.
func findProcessors() finding {
	usable, all := runtime.GOMAXPROCS(0), runtime.NumCPU()
	f := finding{Name: "processors", Status: findingOK, Found: fmt.Sprintf("%d usable of %d", usable, all)}
	if quota := cgroupValue("cpu.max"); quota != "" && !strings.HasPrefix(quota, "max") {
		f.Found += ", quota of the cgroup " + quota + " (microseconds of each period)"
		f.Status = findingNote
		f.Advice = "a client that has used up its quota stands still until the period ends: lift the quota for measuring"
	}
	if usable == 1 {
		f.Status = findingNote
		f.Advice = "with one processor, pacing and reading wait for each other: two or more measure better"
	}
	return f
}

func (a *app) findMemory() finding {
	h := describeHost()
	if h.MemoryBytes == 0 {
		return finding{"memory", findingOK, "not known on this system", ""}
	}
	f := finding{Name: "memory", Status: findingOK, Found: byteSize(h.MemoryBytes)}
	if limit, err := strconv.ParseInt(cgroupValue("memory.max"), 10, 64); err == nil && limit < h.MemoryBytes {
		f.Found += ", limit of the cgroup " + byteSize(limit)
		if a.getenv("GOMEMLIMIT") == "" {
			f.Status = findingNote
			f.Advice = "set GOMEMLIMIT a little below the limit, so that memory is given back before the kernel ends the process"
		}
	}
	return f
}

// cgroupValue reads a file of this process's cgroup (version 2), or of the root that a container sees.
func cgroupValue(name string) string {
	line, _ := os.ReadFile("/proc/self/cgroup")
	_, own, _ := strings.Cut(strings.TrimSpace(string(line)), "0::")
	for _, dir := range []string{own, ""} {
		if b, err := os.ReadFile(filepath.Join("/sys/fs/cgroup", dir, name)); err == nil {
			return strings.TrimSpace(string(b))
		}
	}
	return ""
}

func findOpenFiles() finding {
	now, most, ok := openFileLimit()
	if !ok {
		return finding{"open files", findingOK, "no limit known on this system", ""}
	}
	f := finding{Name: "open files", Status: findingOK, Found: fmt.Sprintf("%d, can be raised to %d", now, most)}
	if now < fewFiles {
		f.Status = findingNote
		f.Advice = fmt.Sprintf("about %d connections at once are possible; `ulimit -n %d` allows more", max(now-64, 0), min(most, 65536))
	}
	return f
}

// findCache says where datasets are kept, and whether they can be.
func (a *app) findCache() finding {
	dir := a.hubConfig().CacheDir
	probe := dir
	for probe != filepath.Dir(probe) {
		if info, err := os.Stat(probe); err == nil && info.IsDir() {
			break
		}
		probe = filepath.Dir(probe) // pull makes what is missing
	}
	file, err := os.CreateTemp(probe, ".promptmill-doctor-*")
	if err != nil {
		return finding{"dataset cache", findingBad, fmt.Sprintf("%s: %v", dir, err), "set HF_HOME to a folder that can be written"}
	}
	file.Close()
	os.Remove(file.Name())
	return finding{"dataset cache", findingOK, dir, ""}
}
