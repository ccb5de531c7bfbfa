package dataset

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// viewString returns b as a string that shares its memory.
func viewString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Text returns any scalar as text: strings and bytes as they are, numbers in shortest exact form
// (without exponent below 1e21 if whole; "NaN", "+Inf", "-Inf"), booleans as true/false, decimals
// exactly, UUIDs in their usual form, dates as 2006-01-02, times as 15:04:05 and timestamps in RFC
// 3339, both with as much of a fraction as they need. Timestamps without a zone are taken as UTC.
// It is "" for null, lists, maps and structs.
//
// The text of a String or Binary shares memory with the batch and is valid until the batch is.
func (v Value) Text() string {
	switch v.Kind() {
	case Null, List, Struct, Map:
		return ""
	case String, Binary:
		return v.Str()
	}
	var buf [64]byte
	return string(v.AppendText(buf[:0]))
}

// AppendText appends what [Value.Text] returns.
func (v Value) AppendText(dst []byte) []byte {
	if v.view != nil && v.view.literal != nil {
		return appendLiteral(dst, v.view.literal.Value(v.i))
	}
	switch v.Kind() {
	case String, Binary:
		return append(dst, v.Str()...)
	case Bool:
		b, _ := v.Bool()
		return strconv.AppendBool(dst, b)
	case Int:
		n, ok := v.Int()
		if !ok {
			return strconv.AppendUint(dst, uint64(n), 10)
		}
		return strconv.AppendInt(dst, n, 10)
	case Float:
		return v.appendFloat(dst)
	case Other:
		return v.appendOther(dst)
	}
	return dst
}

func (v Value) appendFloat(dst []byte) []byte {
	x, _ := v.Float()
	size := 64
	switch v.view.array.(type) {
	case *array.Float32, *array.Float16:
		size = 32
	}
	format := byte('g')
	if x == math.Trunc(x) && math.Abs(x) < 1e21 {
		format = 'f'
	}
	return strconv.AppendFloat(dst, x, format, -1, size)
}

func (v Value) appendOther(dst []byte) []byte {
	switch a := v.view.array.(type) {
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		return appendTime(dst, a.Value(v.i).ToTime(unit))
	case *array.Date32:
		return time.Unix(int64(a.Value(v.i))*86400, 0).UTC().AppendFormat(dst, time.DateOnly)
	case *array.Time32:
		return appendClock(dst, int64(a.Value(v.i)), int64(time.Millisecond))
	case *array.Time64:
		return appendClock(dst, int64(a.Value(v.i)), int64(a.DataType().(*arrow.Time64Type).Unit.Multiplier()))
	case *array.Decimal128:
		return appendDecimal(dst, a.Value(v.i).BigInt(), a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Decimal256:
		return appendDecimal(dst, a.Value(v.i).BigInt(), a.DataType().(*arrow.Decimal256Type).Scale)
	case *array.FixedSizeBinary:
		return appendSpecial(dst, v.view.text, a.Value(v.i))
	}
	return dst
}

func appendTime(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, time.RFC3339Nano)
}

// appendClock appends a time of day of n units of so many nanoseconds.
func appendClock(dst []byte, n, unit int64) []byte {
	perSecond := int64(time.Second) / unit
	seconds, rest := n/perSecond, n%perSecond*unit
	if n < 0 { // not a time of day, but what the file says
		return strconv.AppendInt(dst, n, 10)
	}
	dst = appendPadded(dst, seconds/3600, 2)
	dst = appendPadded(append(dst, ':'), seconds/60%60, 2)
	dst = appendPadded(append(dst, ':'), seconds%60, 2)
	return appendFraction(dst, rest)
}

// appendFraction appends nanoseconds as a fraction, nothing if there are none.
func appendFraction(dst []byte, nanos int64) []byte {
	if nanos == 0 {
		return dst
	}
	dst = appendPadded(append(dst, '.'), nanos, 9)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func appendPadded(dst []byte, n int64, width int) []byte {
	s := strconv.FormatInt(n, 10)
	for range width - len(s) {
		dst = append(dst, '0')
	}
	return append(dst, s...)
}

// appendDecimal appends n / 10^scale with exactly scale digits after the point, none where scale is not above 0.
func appendDecimal(dst []byte, n *big.Int, scale int32) []byte {
	s := new(big.Int).Abs(n).String()
	if n.Sign() < 0 {
		dst = append(dst, '-')
	}
	if scale <= 0 {
		dst = append(dst, s...)
		if n.Sign() != 0 {
			dst = append(dst, strings.Repeat("0", int(-scale))...)
		}
		return dst
	}
	if short := int(scale) + 1 - len(s); short > 0 {
		s = strings.Repeat("0", short) + s
	}
	whole := len(s) - int(scale)
	dst = append(dst, s[:whole]...)
	return append(append(dst, '.'), s[whole:]...)
}

func appendSpecial(dst []byte, kind special, b []byte) []byte {
	switch kind {
	case uuidText:
		for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
			if i > 0 {
				dst = append(dst, '-')
			}
			dst = hex.AppendEncode(dst, part)
		}
	case int96Text:
		const epoch = 2440588 // the Julian day of 1970-01-01
		day := int64(binary.LittleEndian.Uint32(b[8:])) - epoch
		dst = appendTime(dst, time.Unix(day*86400, int64(binary.LittleEndian.Uint64(b))))
	case intervalText:
		dst = strconv.AppendUint(append(dst, 'P'), uint64(binary.LittleEndian.Uint32(b)), 10)
		dst = strconv.AppendUint(append(dst, 'M'), uint64(binary.LittleEndian.Uint32(b[4:])), 10)
		millis := int64(binary.LittleEndian.Uint32(b[8:]))
		dst = strconv.AppendInt(append(dst, "DT"...), millis/1000, 10)
		dst = append(appendFraction(dst, millis%1000*int64(time.Millisecond)), 'S')
	}
	return dst
}
