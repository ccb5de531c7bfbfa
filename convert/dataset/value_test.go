package dataset_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert/dataset"
)

// write writes rows with parquet-go.
func write[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := parquet.Write(&buf, rows, options...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// texts returns the text and the JSON of each value of a column called v.
func texts(t testing.TB, data []byte) (text, js []string) {
	t.Helper()
	f, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for b, err := range f.Batches(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		c, _ := b.Column("v")
		for i := range b.NumRows() {
			text = append(text, string(c.Value(i).AppendText(nil)))
			js = append(js, string(c.Value(i).JSON(nil)))
			if got := c.Value(i).Text(); got != text[len(text)-1] {
				t.Errorf("Text %q, AppendText %q", got, text[len(text)-1])
			}
		}
	}
	return text, js
}

func TestValue_floats(t *testing.T) {
	type row struct {
		V float64 `parquet:"v"`
	}
	tests := []struct {
		x        float64
		text, js string
	}{
		{0, "0", "0"}, {math.Copysign(0, -1), "-0", "-0"}, {1, "1", "1"}, {-2.5, "-2.5", "-2.5"},
		{0.1, "0.1", "0.1"}, {123456789012345678, "123456789012345680", "123456789012345680"},
		{1e20, "100000000000000000000", "100000000000000000000"}, {1e21, "1e+21", "1e+21"},
		{1e-7, "1e-07", "1e-07"}, {math.MaxFloat64, "1.7976931348623157e+308", "1.7976931348623157e+308"},
		{math.NaN(), "NaN", "null"}, {math.Inf(1), "+Inf", "null"}, {math.Inf(-1), "-Inf", "null"},
	}
	var rows []row
	for _, tt := range tests {
		rows = append(rows, row{tt.x})
	}
	text, js := texts(t, write(t, rows))
	for i, tt := range tests {
		if text[i] != tt.text || js[i] != tt.js {
			t.Errorf("%v: text %s, JSON %s, want %s and %s", tt.x, text[i], js[i], tt.text, tt.js)
		}
	}
}

func TestValue_JSON(t *testing.T) {
	type inner struct {
		S string  `parquet:"s"`
		N *uint64 `parquet:"n"`
	}
	type row struct {
		V struct {
			Text   string           `parquet:"text"`
			Bytes  []byte           `parquet:"bytes"`
			JSON   []byte           `parquet:"json,json"`
			List   []inner          `parquet:"list,list"`
			Map    map[string]int32 `parquet:"map"`
			Absent *bool            `parquet:"absent"`
		} `parquet:"v"`
	}
	var good, odd row
	good.V.Text, good.V.Bytes, good.V.JSON = "a \"quote\" <b> & \u2028\x00\x7f\u0085 \xff ü\n", []byte{0, 255}, []byte("{\"x\": [1,\n 2]}")
	good.V.List, good.V.Map = []inner{{"x", new(uint64(math.MaxUint64))}, {"y", nil}}, map[string]int32{"k\"": 1}
	odd.V.JSON = []byte("not json")
	_, js := texts(t, write(t, []row{good, odd}))
	want := []string{
		`{"text":"a \"quote\" <b> & \u2028\u0000\u007f\u0085 ` + "\ufffd" + ` ü\n","bytes":"AP8=","json":{"x":[1,2]},` +
			`"list":[{"s":"x","n":18446744073709551615},{"s":"y","n":null}],"map":{"k\"":1},"absent":null}`,
		`{"text":"","bytes":"","json":"not json","list":[],"map":{},"absent":null}`,
	}
	if diff := cmp.Diff(want, js); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Accessors that do not fit a value give nothing, whatever the value is.
func TestValue_accessorsThatDoNotFit(t *testing.T) {
	for name, v := range map[string]dataset.Value{
		"zero":   {},
		"null":   first(t, "nulls", "question", 1),
		"string": first(t, "qa", "question", 0),
	} {
		if _, ok := v.Int(); ok {
			t.Errorf("%s: Int", name)
		}
		if _, ok := v.Float(); ok {
			t.Errorf("%s: Float", name)
		}
		if _, ok := v.Bool(); ok {
			t.Errorf("%s: Bool", name)
		}
		if v.Len() != 0 || !v.Field("x").IsNull() {
			t.Errorf("%s: Len %d, Field %v", name, v.Len(), v.Field("x").Kind())
		}
	}
	if got := first(t, "nulls", "question", 1); got.Kind() != dataset.Null || got.Text() != "" || string(got.JSON(nil)) != "null" {
		t.Errorf("null is %v, %q, %s", got.Kind(), got.Text(), got.JSON(nil))
	}
	if got := first(t, "mcq", "choices", 0); got.Text() != "" || got.Str() != "" || got.Len() != 4 {
		t.Errorf("list has text %q, %q and length %d", got.Text(), got.Str(), got.Len())
	}
}

// first returns row i of a column of a fixture, whose batches stay valid because reading stops.
func first(t *testing.T, fixture, column string, i int) dataset.Value {
	t.Helper()
	for b, err := range openFixture(t, fixture).Batches(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		c, ok := b.Column(column)
		if !ok {
			t.Fatalf("no column %s", column)
		}
		return c.Value(i)
	}
	return dataset.Value{}
}

// JSON is valid and holds the text, whatever the text.
func TestValue_JSON_strings(t *testing.T) {
	type row struct {
		V string `parquet:"v"`
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "s")
		_, js := texts(t, write(t, []row{{s}}))
		var back string
		if err := json.Unmarshal([]byte(js[0]), &back); err != nil || back != s {
			rt.Fatalf("%q became %s: %v", s, js[0], err)
		}
	})
}

// tree is nested data of every kind of nesting.
type tree struct {
	V []*branch `parquet:"v,list,optional"`
}

type branch struct {
	Leaf *string             `parquet:"leaf"`
	Bare []int32             `parquet:"bare"`
	Maps map[string]*branch2 `parquet:"maps"`
	Opt  []*float32          `parquet:"opt,list,optional"`
}

type branch2 struct {
	X *int64  `parquet:"x"`
	Y []*bool `parquet:"y,list,optional"`
}

// Nested data of any shape, in pages of any size, is the same to this package and to arrow.
func TestBatches_nestedAgreesWithArrow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Make[tree](), 1, 30).Draw(rt, "rows")
		data := write(t, rows,
			parquet.PageBufferSize(rapid.IntRange(1, 2000).Draw(rt, "page")),
			parquet.DataPageVersion(rapid.IntRange(1, 2).Draw(rt, "version")),
			parquet.MaxRowsPerRowGroup(int64(rapid.IntRange(1, 40).Draw(rt, "group"))))
		want, err := arrowColumns(t.Context(), data)
		if err != nil || want[0].err != nil {
			rt.Skip("not for arrow: ", err)
		}
		f, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			rt.Fatal(err)
		}
		got, err := readAll(t, f, nil)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want[0].values, got["v"], cmp.AllowUnexported(entry{})); diff != "" {
			rt.Fatalf("(-pqarrow +dataset):\n%s", diff)
		}
	})
}
