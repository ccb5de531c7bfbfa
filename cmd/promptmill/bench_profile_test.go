package main

import (
	"testing"

	"github.com/promptmill/promptmill/bench"
)

// TestEquip_trend: a profile that chooses its loads sees how latency went, and no other has it kept.
func TestEquip_trend(t *testing.T) {
	for _, tt := range []struct {
		name    string
		profile bench.Profile
		want    bool
	}{
		{"fixed", bench.Chain{bench.Fixed{}}, false},
		{"sweep", bench.Chain{bench.Fixed{}, bench.Sweep{Size: 3}}, true},
	} {
		var r bench.Runner
		plan := benchPlan{profile: tt.profile}
		plan.equip(&r)
		if r.Trend != tt.want {
			t.Errorf("%s: Trend %v, want %v", tt.name, r.Trend, tt.want)
		}
	}
}
