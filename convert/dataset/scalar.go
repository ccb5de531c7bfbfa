package dataset

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
)

// scalar is what the values of a leaf column mean.
type scalar struct {
	name  string         // as in Field.Type
	kind  Kind           // as in Field.Kind
	arrow arrow.DataType // how batches carry it
	text  special        // for what arrow has no type for
	swap  bool           // stored as big-endian two's complement, carried as little-endian
}

// special marks values that batches carry as bytes and that have a text of their own.
type special uint8

const (
	ordinary     special = iota
	uuidText             // 16 bytes
	int96Text            // nanoseconds of the day, then the Julian day
	intervalText         // months, days, milliseconds
	embeddedJSON         // a string that is JSON
	textOrList           // a struct of a text and a list, of which a value has one
	literal              // a number, a truth value or a mix of types, carried as its JSON text
)

// maxScale bounds the digits after the point of a decimal.
const maxScale = 1000

// scalarOf returns the meaning of the leaf e. Annotations that are unknown, or that do not fit the
// physical type, are ignored: the bytes are then shown for what they are.
func scalarOf(e *format.SchemaElement, col chunk.Column) (scalar, error) {
	if s, ok := annotated(e, col); ok {
		return s, nil
	}
	switch col.Type {
	case format.Boolean:
		return scalar{name: "bool", kind: Bool, arrow: arrow.FixedWidthTypes.Boolean}, nil
	case format.Int32:
		return scalar{name: "int32", kind: Int, arrow: arrow.PrimitiveTypes.Int32}, nil
	case format.Int64:
		return scalar{name: "int64", kind: Int, arrow: arrow.PrimitiveTypes.Int64}, nil
	case format.Int96:
		return scalar{name: "timestamp[ns]", kind: Other, arrow: &arrow.FixedSizeBinaryType{ByteWidth: 12}, text: int96Text}, nil
	case format.Float:
		return scalar{name: "float32", kind: Float, arrow: arrow.PrimitiveTypes.Float32}, nil
	case format.Double:
		return scalar{name: "float64", kind: Float, arrow: arrow.PrimitiveTypes.Float64}, nil
	case format.ByteArray:
		return scalar{name: "binary", kind: Binary, arrow: arrow.BinaryTypes.Binary}, nil
	case format.FixedLenByteArray:
		return scalar{name: fmt.Sprintf("binary[%d]", col.Length), kind: Binary, arrow: &arrow.FixedSizeBinaryType{ByteWidth: col.Length}}, nil
	default:
		return scalar{}, fmt.Errorf("physical type %d does not exist", int32(col.Type))
	}
}

// annotated returns the meaning that the logical or, in older files, the converted type gives e.
func annotated(e *format.SchemaElement, col chunk.Column) (scalar, bool) {
	switch lt := e.LogicalType.Value.(type) {
	case *format.StringType, *format.EnumType:
		return text(col)
	case *format.JsonType:
		return jsonText(col)
	case *format.DecimalType:
		return decimal(lt.Precision, lt.Scale, col)
	case *format.DateType:
		return date(col)
	case *format.TimeType:
		return timeOfDay(lt.Unit.Value, col)
	case *format.TimestampType:
		return timestamp(lt.Unit.Value, lt.IsAdjustedToUTC, col)
	case *format.IntType:
		return integer(int(lt.BitWidth), lt.IsSigned, col)
	case *format.NullType:
		return scalar{name: "null", kind: Null, arrow: arrow.Null}, true
	case *format.UUIDType:
		if col.Type == format.FixedLenByteArray && col.Length == 16 {
			return scalar{name: "uuid", kind: Other, arrow: &arrow.FixedSizeBinaryType{ByteWidth: 16}, text: uuidText}, true
		}
	case *format.Float16Type:
		if col.Type == format.FixedLenByteArray && col.Length == 2 {
			return scalar{name: "float16", kind: Float, arrow: arrow.FixedWidthTypes.Float16}, true
		}
	case nil:
		if e.ConvertedType.Valid {
			return converted(e, col)
		}
	}
	return scalar{}, false
}

// converted returns the meaning of the annotations from before logical types.
func converted(e *format.SchemaElement, col chunk.Column) (scalar, bool) {
	switch t := e.ConvertedType.V; t {
	case deprecated.UTF8, deprecated.Enum:
		return text(col)
	case deprecated.Json:
		return jsonText(col)
	case deprecated.Decimal:
		return decimal(e.Precision.V, e.Scale.V, col)
	case deprecated.Date:
		return date(col)
	case deprecated.TimeMillis:
		return timeOfDay(new(format.MilliSeconds), col)
	case deprecated.TimeMicros:
		return timeOfDay(new(format.MicroSeconds), col)
	case deprecated.TimestampMillis:
		return timestamp(new(format.MilliSeconds), true, col)
	case deprecated.TimestampMicros:
		return timestamp(new(format.MicroSeconds), true, col)
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return integer(8<<(t-deprecated.Uint8), false, col)
	case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
		return integer(8<<(t-deprecated.Int8), true, col)
	case deprecated.Interval:
		if col.Type == format.FixedLenByteArray && col.Length == 12 {
			return scalar{name: "interval", kind: Other, arrow: &arrow.FixedSizeBinaryType{ByteWidth: 12}, text: intervalText}, true
		}
	}
	return scalar{}, false
}

func text(col chunk.Column) (scalar, bool) {
	return scalar{name: "string", kind: String, arrow: arrow.BinaryTypes.String}, col.Type == format.ByteArray
}

func jsonText(col chunk.Column) (scalar, bool) {
	return scalar{name: "json", kind: String, arrow: arrow.BinaryTypes.String, text: embeddedJSON}, col.Type == format.ByteArray
}

func date(col chunk.Column) (scalar, bool) {
	return scalar{name: "date", kind: Other, arrow: arrow.FixedWidthTypes.Date32}, col.Type == format.Int32
}

var units = map[int16]arrow.TimeUnit{1: arrow.Millisecond, 2: arrow.Microsecond, 3: arrow.Nanosecond}

func timeOfDay(unit format.TimeUnitValue, col chunk.Column) (scalar, bool) {
	if unit == nil {
		return scalar{}, false
	}
	u := units[unit.FieldID()]
	s := scalar{name: "time[" + u.String() + "]", kind: Other, arrow: &arrow.Time64Type{Unit: u}}
	if u == arrow.Millisecond {
		s.arrow = &arrow.Time32Type{Unit: u}
		return s, col.Type == format.Int32
	}
	return s, col.Type == format.Int64
}

func timestamp(unit format.TimeUnitValue, utc bool, col chunk.Column) (scalar, bool) {
	if unit == nil {
		return scalar{}, false
	}
	u := units[unit.FieldID()]
	s := scalar{name: "timestamp[" + u.String() + "]", kind: Other, arrow: &arrow.TimestampType{Unit: u}}
	if utc {
		s.name = "timestamp[" + u.String() + ", UTC]"
		s.arrow = &arrow.TimestampType{Unit: u, TimeZone: "UTC"}
	}
	return s, col.Type == format.Int64
}

// integers are the arrow types by signedness and width.
var integers = map[bool]map[int]arrow.DataType{
	true: {
		8: arrow.PrimitiveTypes.Int8, 16: arrow.PrimitiveTypes.Int16,
		32: arrow.PrimitiveTypes.Int32, 64: arrow.PrimitiveTypes.Int64,
	},
	false: {
		8: arrow.PrimitiveTypes.Uint8, 16: arrow.PrimitiveTypes.Uint16,
		32: arrow.PrimitiveTypes.Uint32, 64: arrow.PrimitiveTypes.Uint64,
	},
}

func integer(width int, signed bool, col chunk.Column) (scalar, bool) {
	t := integers[signed][width]
	if t == nil || col.Type != format.Int64 && (col.Type != format.Int32 || width > 32) {
		return scalar{}, false
	}
	return scalar{name: t.Name(), kind: Int, arrow: t}, true
}

// decimal carries decimals of up to 16 bytes as arrow's Decimal128, of up to 32 as its Decimal256.
func decimal(precision, scale int32, col chunk.Column) (scalar, bool) {
	if precision < 1 || scale < 0 || scale > maxScale {
		return scalar{}, false
	}
	s := scalar{name: fmt.Sprintf("decimal(%d, %d)", precision, scale), kind: Other}
	small := &arrow.Decimal128Type{Precision: precision, Scale: scale}
	switch col.Type {
	case format.Int32, format.Int64:
		s.arrow = small
		return s, true
	case format.FixedLenByteArray, format.ByteArray:
		s.swap = true
		switch {
		case col.Type == format.FixedLenByteArray && col.Length <= 16, col.Type == format.ByteArray && precision <= 38:
			s.arrow = small
		case col.Type == format.FixedLenByteArray && col.Length <= 32, col.Type == format.ByteArray && precision <= 76:
			s.arrow = &arrow.Decimal256Type{Precision: precision, Scale: scale}
		default:
			return scalar{}, false
		}
		return s, true
	}
	return scalar{}, false
}
