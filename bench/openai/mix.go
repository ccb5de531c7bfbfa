package openai

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Mix is the models that requests are for, each by its share. The zero one names none.
type Mix struct {
	seed   uint64
	models []string
	upTo   []float64 // cumulated shares, the last is 1
}

// ParseMix reads "a=0.7,b=0.3": models with weights, of which only the proportions count. A single name, without a
// weight, is a mix of one. Which request gets which model depends on seed alone.
func ParseMix(s string, seed int64) (Mix, error) {
	m := Mix{seed: uint64(seed)}
	items := strings.Split(s, ",")
	sum := 0.0
	for _, item := range items {
		name, weight, err := parseShare(strings.TrimSpace(item), len(items) == 1)
		if err != nil {
			return Mix{}, err
		}
		if slices.Contains(m.models, name) {
			return Mix{}, fmt.Errorf("model %q is given twice", name)
		}
		sum += weight
		m.models, m.upTo = append(m.models, name), append(m.upTo, sum)
	}
	for i := range m.upTo {
		m.upTo[i] /= sum
	}
	return m, nil
}

func parseShare(item string, alone bool) (name string, weight float64, err error) {
	i := strings.LastIndexByte(item, '=')
	if i > 0 {
		weight, err = strconv.ParseFloat(item[i+1:], 64)
		if err == nil && weight > 0 && !math.IsInf(weight, 0) && weight < math.MaxFloat32 {
			return item[:i], weight, nil
		}
	}
	if alone && item != "" {
		return item, 1, nil
	}
	return "", 0, fmt.Errorf("model %q: expected NAME=WEIGHT, as in base=0.7,adapter=0.3", item)
}

// Models lists the models, in the order given.
func (m Mix) Models() []string { return slices.Clone(m.models) }

// String is the mix as [ParseMix] reads it, in shares that add up to 1; "" for one that names none.
func (m Mix) String() string {
	shares := make([]string, len(m.models))
	below := 0.0
	for i, model := range m.models {
		shares[i] = model + "=" + strconv.FormatFloat(m.upTo[i]-below, 'g', 4, 64)
		below = m.upTo[i]
	}
	return strings.Join(shares, ",")
}

// Pick returns the model of request n; "" when the mix has none.
func (m Mix) Pick(n int64) string {
	switch len(m.models) {
	case 0:
		return ""
	case 1:
		return m.models[0]
	}
	u := float64(scramble(m.seed^scramble(uint64(n)))>>11) / (1 << 53)
	i := 0
	for i < len(m.upTo)-1 && u >= m.upTo[i] {
		i++
	}
	return m.models[i]
}

// scramble is the finalizer of SplitMix64: its values for successive numbers are as good as random ones.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
