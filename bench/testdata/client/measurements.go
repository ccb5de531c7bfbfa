package main

import (
	"fmt"
	"slices"
	"time"
)

// Names of figures.
const (
	ttftP50    = "TTFT error p50, us"
	ttftP99    = "TTFT error p99, us"
	gapP99     = "chunk-gap error p99, us"
	lagP50     = "wire lag p50, us"
	lagP99     = "wire lag p99, us"
	cpuToken   = "CPU per token, us"
	cpuRequest = "CPU per request, us"
	perSecond  = "requests/s"
	perCore    = "requests/s per core"
	allocToken = "allocations per token"
	memory     = "memory, MiB"
	coalesced  = "chunks sharing a read, %"
	failed     = "failed requests"
	tokenRate  = "tokens/s"
)

// measurements are the table and its bars.
//
// 5,000 streams with 10 ms between tokens ask for 500,000 tokens/s, more than two cores can send and receive. Each
// chunk that is read in time or a little late keeps its own time; of what waits in a socket for longer than the delay of
// an acknowledgement (40 ms) the kernel makes one segment, and its chunks share a time. With 100 ms between tokens the
// same streams show what the client does on its own.
var measurements = append(accuracyRows(),
	measurement{
		name: "requests of one token", apart: true, server: server{Tokens: 1, Burst: 1}, load: load{Streams: 64},
		bars: []bar{most(cpuRequest, 22), {perCore, 40_000, true}, most(failed, 0)},
	},
	measurement{
		name: "tokens, one a segment", apart: true, server: server{Tokens: 200, ITL: 2 * time.Millisecond, TTFT: 2 * time.Millisecond}, load: load{Streams: 64},
		bars: []bar{most(cpuToken, 12), most(allocToken, 0.1), most(failed, 0)},
	},
	measurement{
		name: "tokens, eight a segment", apart: true, server: server{Tokens: 256, Burst: 8}, load: load{Streams: 16},
		bars: []bar{most(cpuToken, 1), most(allocToken, 0.1), most(failed, 0)},
	},
	openRow(1000, 30, 400),
	openRow(10_000, 150, 1000),
	measurement{
		name:   "open streams, 10,000",
		server: server{Tokens: 10, TTFT: 5 * time.Second, ITL: 500 * time.Millisecond},
		load:   load{Streams: 10_000, Requests: 10_000},
		bars:   []bar{most(memory, 512), most(failed, 0)},
	},
)

// accuracyRows are the rows of concurrent streams. The row of one stream is there twice: as it is, and with cores that
// are awake, which shows what of the error is the machine's.
func accuracyRows() []measurement {
	var rows []measurement
	const ms = time.Millisecond
	for _, r := range []struct {
		streams       int
		itl           time.Duration
		p50, p99, gap float64
	}{
		{1, 10 * ms, 20, 100, 50}, {10, 10 * ms, 20, 100, 50}, {100, 10 * ms, 20, 100, 50}, {1000, 10 * ms, 20, 200, 100},
		{5000, 10 * ms, 50, 1000, 500}, {5000, 100 * ms, 50, 1000, 500},
	} {
		rows = append(rows, measurement{
			name:   fmt.Sprintf("streams, %d at %v", r.streams, r.itl),
			server: server{Tokens: 100, TTFT: 50 * ms, ITL: r.itl, Record: true},
			load:   load{Streams: r.streams, Truth: true},
			bars:   []bar{most(ttftP50, r.p50), most(ttftP99, r.p99), most(gapP99, r.gap), most(failed, 0)},
		})
	}
	one := rows[0]
	one.name, one.awake = one.name+", cores awake", true
	return slices.Insert(rows, 1, one)
}

func openRow(rate, p50, p99 float64) measurement {
	return measurement{
		name:   fmt.Sprintf("open loop, %g/s", rate),
		server: server{Tokens: 1, TTFT: 5 * time.Millisecond, Record: true},
		load:   load{Rate: rate, Truth: true},
		bars:   []bar{most(lagP50, p50), most(lagP99, p99), most(failed, 0)},
	}
}
