package dataset

import "github.com/apache/arrow/go/v17/arrow/bitutil"

// truncate leaves the first n values only.
func (c *cell) truncate(n int) {
	if c.isLeaf() {
		c.values.truncate(n)
		return
	}
	for c.valid.n > n {
		c.valid.n--
		if !bitutil.BitIsSet(c.valid.bits, c.valid.n) {
			c.valid.nulls--
		}
	}
	c.valid.bits = c.valid.bits[:(n+7)/8]
	if n%8 != 0 {
		c.valid.bits[n/8] &= 1<<(n%8) - 1
	}
	if c.isList() {
		c.offsets = c.offsets[:n+1]
		c.children[0].truncate(int(c.offsets[n]))
		return
	}
	for _, child := range c.children {
		child.truncate(min(n, child.rows()))
	}
}

// truncate leaves the first n values of a vector of byte arrays, or of nulls, only.
func (v *vector) truncate(n int) {
	if v.isNull() {
		v.n = n
		return
	}
	for v.n > n {
		v.n--
		if len(v.valid) > 0 && !bitutil.BitIsSet(v.valid, v.n) {
			v.nulls--
		}
	}
	if v.nulls == 0 {
		v.valid = v.valid[:0]
	} else {
		v.valid = v.valid[:(n+7)/8]
	}
	v.ends = v.ends[:n+1]
	v.data = v.data[:v.ends[n]]
}
