// Command client measures the client of promptmill bench: how far its times are from the server's own, what a
// token and a request cost it, how late an open loop's requests leave, and how much memory open streams take.
//
// Each measurement runs the server and the client as two processes of this program on this machine, and reads the
// processor time and the memory of the client alone. It prints a table and exits with 1 when a bar is missed.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 && slices.Contains([]string{"server", "client", "spin"}, os.Args[1]) {
		child(os.Args[1], os.Args[2:])
		return
	}
	runs := flag.Int("runs", 5, "runs of each measurement; the table shows medians")
	seconds := flag.Duration("time", 4*time.Second, "time of each run")
	engine := flag.String("engine", "", "http1 or net/http; empty is what the client chooses")
	only := flag.String("only", "", "measurements whose name begins with this")
	flag.Parse()
	if err := measureAll(*runs, *seconds, *engine, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench client:", err)
		os.Exit(1)
	}
}

// A measurement is one row: a server, a load, and what must hold of each figure.
type measurement struct {
	name   string
	server server
	load   load
	awake  bool // the cores do not sleep
	apart  bool // server and client have a core each, which a figure of cost asks for; else they share all
	bars   []bar
}

// A bar is the most, or with least the least, that a figure may be.
type bar struct {
	figure string
	limit  float64
	least  bool
}

func most(figure string, limit float64) bar { return bar{figure, limit, false} }

func (b bar) holds(v float64) bool { return b.least == (v >= b.limit) || v == b.limit }

func measureAll(runs int, d time.Duration, engine, only string) error {
	fmt.Printf("%d cores for client and server, %s, %s; medians of %d runs of %v\n\n", runtime.NumCPU(), runtime.Version(), load1(), runs, d)
	missed := 0
	for _, m := range measurements {
		if !strings.HasPrefix(m.name, only) {
			continue
		}
		if _, err := exec.LookPath("chrt"); m.awake && err != nil {
			fmt.Printf("%-24s left out: it needs chrt, of util-linux\n\n", m.name)
			continue
		}
		m.load.Engine, m.load.Time = engine, d
		var all []figures
		for range runs {
			f, err := measure(m)
			if err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			all = append(all, f)
		}
		missed += print(m, medians(all))
	}
	if missed > 0 {
		return fmt.Errorf("%d bars missed", missed)
	}
	return nil
}

// load1 names what else the machine is doing: a table of a busy one says little.
func load1() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	return "load " + strings.Fields(string(b))[0]
}

// print writes a row per figure, and returns how many bars it missed.
func print(m measurement, f figures) (missed int) {
	for _, name := range f.names() {
		note := ""
		for _, b := range m.bars {
			if b.figure != name {
				continue
			}
			word := "at most"
			if b.least {
				word = "at least"
			}
			verdict := "held"
			if !b.holds(f[name]) {
				verdict = "MISSED"
				missed++
			}
			note = fmt.Sprintf("%s %-6g %s", word, b.limit, verdict)
		}
		fmt.Printf("%-24s %-26s %12.5g  %s\n", m.name, name, f[name], note)
	}
	fmt.Println()
	return missed
}

// figures are the results of a run by name, units in it.
type figures map[string]float64

func (f figures) names() []string {
	var names []string
	for n := range f {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func medians(all []figures) figures {
	m := figures{}
	for name := range all[0] {
		var values []float64
		for _, f := range all {
			values = append(values, f[name])
		}
		slices.Sort(values)
		m[name] = values[len(values)/2]
	}
	return m
}

// measure runs the server and then the client once.
func measure(m measurement) (figures, error) {
	if m.awake {
		stop, err := keepAwake()
		if err != nil {
			return nil, fmt.Errorf("keep the cores awake: %w", err)
		}
		defer stop()
	}
	server, stdin, url, err := startServer(m.server, m.apart)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	defer func() {
		_ = stdin() // ends it
		_ = server.Wait()
	}()
	m.load.URL = url
	args, err := json.Marshal(m.load)
	if err != nil {
		return nil, err
	}
	cmd, err := again(m.apart, 0, "client", string(args))
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	f := figures{}
	return f, json.Unmarshal(bytes.TrimSpace(out), &f)
}

// startServer starts a server, which ends when its stdin is closed, and returns its URL.
func startServer(s server, apart bool) (cmd *exec.Cmd, stop func() error, url string, err error) {
	args, err := json.Marshal(s)
	if err != nil {
		return nil, nil, "", err
	}
	if cmd, err = again(apart, 1, "server", string(args)); err != nil {
		return nil, nil, "", err
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, "", err
	}
	url, err = bufio.NewReader(out).ReadString('\n')
	return cmd, stdin.Close, strings.TrimSpace(url), err
}

// again is this program with other arguments; apart from others, it has the given core alone, of those it may have.
func again(apart bool, core int, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args = append([]string{self}, args...)
	if taskset, err := exec.LookPath("taskset"); err == nil && apart && runtime.NumCPU() > 1 {
		args = append([]string{taskset, "-c", fmt.Sprint(core)}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// child performs one side of a measurement.
func child(side string, args []string) {
	var err error
	switch side {
	case "spin":
		spin()
	case "server":
		var s server
		if err = json.Unmarshal([]byte(args[0]), &s); err == nil {
			err = s.run(os.Stdin, os.Stdout)
		}
	default:
		var l load
		if err = json.Unmarshal([]byte(args[0]), &l); err == nil {
			err = l.run(os.Stdout)
		}
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench client %s: %v\n", side, err)
		os.Exit(1)
	}
}
