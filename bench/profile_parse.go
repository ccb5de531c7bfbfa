package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// DefaultThroughputSlots is how many requests the throughput strategy keeps in flight unless it is told otherwise.
const DefaultThroughputSlots = 512

// minRate is one request in eleven days; a schedule of much less ends before its second request.
const minRate = 1e-6

// ProfileOptions is what [ParseProfile] needs beside the names.
type ProfileOptions struct {
	Rates           []float64 // requests/s of constant, poisson and gamma
	Concurrency     []int     // levels of concurrent
	Users           []int     // levels of users
	ThroughputSlots int       // of throughput and sweep; 0 means [DefaultThroughputSlots]
	SweepSize       int       // 0 means [DefaultSweepSize]
	Arrivals        Kind      // of the rates of sweep and find-max; "" means [Constant]
	Cap             int       // most requests in flight of open loops; 0 means no cap
	Burstiness      float64   // of gamma; 0 means 1
	Rampup          time.Duration
	Ramp            []Stage // of ramp
	Stages          []Stage // of stages
	Think           Think   // of users
	SessionThink    Think   // of the users of sessions, in any other profile
	Seed            uint64
	Trace           *Strategy // of trace; see [TraceStrategy]
	Search          *Search   // of find-max
}

// profiles are the words for a profile and what each makes. The names of GuideLLM that differ are at the end.
var profiles = []struct {
	name  string
	build func(o *ProfileOptions) (Profile, error)
}{
	{"synchronous", func(o *ProfileOptions) (Profile, error) { return Fixed{o.closed(Synchronous, 1)}, nil }},
	{"concurrent", func(o *ProfileOptions) (Profile, error) { return o.slots(Concurrent, o.Concurrency, "--concurrency") }},
	{"users", func(o *ProfileOptions) (Profile, error) { return o.slots(Users, o.Users, "--users") }},
	{"throughput", func(o *ProfileOptions) (Profile, error) {
		return Fixed{o.closed(Throughput, o.ThroughputSlots)}, nil
	}},
	{"constant", func(o *ProfileOptions) (Profile, error) { return o.rates(Constant) }},
	{"poisson", func(o *ProfileOptions) (Profile, error) { return o.rates(Poisson) }},
	{"gamma", func(o *ProfileOptions) (Profile, error) { return o.rates(Gamma) }},
	{"ramp", func(o *ProfileOptions) (Profile, error) { return o.staged(Ramp, o.Ramp) }},
	{"stages", func(o *ProfileOptions) (Profile, error) { return o.staged(Stages, o.Stages) }},
	{"trace", (*ProfileOptions).replay},
	{"sweep", func(o *ProfileOptions) (Profile, error) {
		return Sweep{Size: o.SweepSize, Slots: o.ThroughputSlots, Rates: o.open(o.Arrivals)}, nil
	}},
	{"find-max", (*ProfileOptions).search},
	{"async", func(o *ProfileOptions) (Profile, error) { return o.rates(Constant) }},
	{"replay", (*ProfileOptions).replay},
}

// ProfileNames are the words that [ParseProfile] knows.
func ProfileNames() []string {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.name
	}
	return names
}

// ParseProfile builds the profile that names list, run one after another. Its errors are for the person who wrote the
// names.
func ParseProfile(names []string, o ProfileOptions) (Chain, error) {
	o.ThroughputSlots = cmp.Or(o.ThroughputSlots, DefaultThroughputSlots)
	o.SweepSize = cmp.Or(o.SweepSize, DefaultSweepSize)
	o.Burstiness = cmp.Or(o.Burstiness, 1)
	o.Arrivals = cmp.Or(o.Arrivals, Constant)
	if err := o.check(); err != nil {
		return nil, err
	}
	var all Chain
	for _, name := range names {
		p, err := parseOne(strings.TrimSpace(name), &o)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no profile: expected some of %s", strings.Join(ProfileNames(), ", "))
	}
	return all, nil
}

func parseOne(name string, o *ProfileOptions) (Profile, error) {
	for _, p := range profiles {
		if p.name == name {
			return p.build(o)
		}
	}
	return nil, fmt.Errorf("unknown profile %q: expected %s", name, strings.Join(ProfileNames(), ", "))
}

func (o *ProfileOptions) check() error {
	for _, r := range o.Rates {
		if !(r >= minRate) || math.IsInf(r, 0) {
			return fmt.Errorf("rate %v: expected a number of requests per second above 0 (at least %v)", r, minRate)
		}
	}
	for _, n := range slices.Concat(o.Concurrency, o.Users) {
		if n < 1 {
			return fmt.Errorf("concurrency %d: expected at least 1", n)
		}
	}
	switch {
	case o.ThroughputSlots < 1:
		return fmt.Errorf("throughput with %d slots: expected at least 1", o.ThroughputSlots)
	case o.SweepSize < 2:
		return fmt.Errorf("sweep of %d benchmarks: expected at least 2 (synchronous and throughput; any more are rates)", o.SweepSize)
	case o.Cap < 0:
		return fmt.Errorf("at most %d requests in flight: expected at least 1", o.Cap)
	case !(o.Burstiness >= 0.001) || math.IsInf(o.Burstiness, 0):
		return fmt.Errorf("burstiness %v: expected a number above 0 (1 is poisson, less comes in bursts, more is evener)", o.Burstiness)
	case o.Arrivals != Constant && o.Arrivals != Poisson && o.Arrivals != Gamma:
		return fmt.Errorf("arrivals %q: expected constant, poisson or gamma", o.Arrivals)
	}
	return nil
}

// open is an open loop of the options, without a rate.
func (o *ProfileOptions) open(k Kind) Strategy {
	s := Strategy{Kind: k, Cap: o.Cap, Rampup: o.Rampup, Think: o.SessionThink, Seed: o.Seed}
	if k == Gamma {
		s.Burstiness = o.Burstiness
	}
	return s
}

// closed is a closed loop of the options.
func (o *ProfileOptions) closed(k Kind, slots int) Strategy {
	s := Strategy{Kind: k, Concurrency: slots, Rampup: o.Rampup, Think: o.SessionThink, Seed: o.Seed}
	switch k {
	case Synchronous:
		s.Rampup = 0
	case Users:
		s.Think = o.Think
	}
	return s
}

func (o *ProfileOptions) rates(k Kind) (Profile, error) {
	var f Fixed
	for _, r := range o.Rates {
		s := o.open(k)
		s.Rate = r
		f = append(f, s)
	}
	if len(f) == 0 {
		return nil, fmt.Errorf("profile %s needs --rate, for instance --rate 2,4 (requests per second)", k)
	}
	return f, nil
}

func (o *ProfileOptions) slots(k Kind, levels []int, flag string) (Profile, error) {
	var f Fixed
	for _, n := range levels {
		f = append(f, o.closed(k, n))
	}
	if len(f) == 0 {
		return nil, fmt.Errorf("profile %s needs %s, for instance %s 1,8,32", k, flag, flag)
	}
	return f, nil
}

func (o *ProfileOptions) staged(k Kind, stages []Stage) (Profile, error) {
	switch {
	case len(stages) == 0 && k == Ramp:
		return nil, fmt.Errorf("profile ramp needs --ramp, for instance --ramp 1/s..50/s:1m")
	case len(stages) == 0:
		return nil, fmt.Errorf("profile stages needs --stages, for instance --stages 10/s:30s,50/s:1m")
	}
	s := o.open(k)
	s.Rampup, s.Stages, s.Rate = 0, stages, meanRate(stages)
	return Fixed{s}, nil
}

func (o *ProfileOptions) replay() (Profile, error) {
	if o.Trace == nil {
		return nil, fmt.Errorf("profile trace needs --trace, for instance --trace mooncake.jsonl")
	}
	s := *o.Trace
	s.Cap, s.Think, s.Seed = o.Cap, o.SessionThink, o.Seed
	return Fixed{s}, nil
}

func (o *ProfileOptions) search() (Profile, error) {
	if o.Search == nil {
		return nil, fmt.Errorf("profile find-max needs --find-max, for instance --find-max 'ttft.p99<=300ms'")
	}
	s := *o.Search
	s.Open = o.open(o.Arrivals)
	s.Open.Rampup = 0 // a search compares loads, not their beginnings
	return s, nil
}
