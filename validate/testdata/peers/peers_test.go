// Package peers measures validate's check of a line under a schema of the user's own
// against decoding with sonic or goccy and validating with the schema library alone.
// It is a module of its own, so that promptmill does not depend on them.
package peers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/bytedance/sonic"
	goccy "github.com/goccy/go-json"
	"github.com/promptmill/promptmill/validate"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// schemas are for the rows of the kind "user" of validate_speed_file.py. The last has
// keywords for which there is no acceptor.
var schemas = map[string]string{
	"simple": `{"type":"object","required":["question","answer"],"additionalProperties":false,"properties":{
		"id":{"type":"integer","minimum":0},"question":{"type":"string","minLength":1,"maxLength":100000},"answer":{"type":"string"},
		"tags":{"type":"array","items":{"type":"string"}},"score":{"type":"number"}}}`,
	"pattern": `{"type":"object","required":["question"],"properties":{"question":{"type":"string","pattern":"[^ ]"},"tags":{"type":"array","maxItems":3}}}`,
	"full": `{"type":"object","required":["question"],"properties":{"id":{"type":"integer","multipleOf":1},"question":{"type":"string","minLength":1},
		"answer":{"oneOf":[{"type":"string"},{"type":"null"}]},"tags":{"type":"array","uniqueItems":true}},"dependentRequired":{"question":["answer"]}}`,
}

func decodeSonic() func([]byte) (any, error) {
	api := sonic.Config{UseNumber: true, ValidateString: true}.Froze()
	return func(b []byte) (v any, err error) { return v, api.Unmarshal(b, &v) }
}

func decodeGoccy(b []byte) (v any, err error) {
	d := goccy.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return v, d.Decode(&v)
}

func decodeStandard(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return v, d.Decode(&v)
}

// BenchmarkUserSchema reads the rows in the file that PROMPTMILL_ROWS names.
func BenchmarkUserSchema(b *testing.B) {
	path := os.Getenv("PROMPTMILL_ROWS")
	if path == "" {
		b.Skip("PROMPTMILL_ROWS names no file")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	for name, source := range schemas {
		for who, check := range checks(b, source) {
			b.Run(fmt.Sprintf("schema=%s/check=%s", name, who), func(b *testing.B) {
				b.ReportAllocs()
				before, runs := cpuSeconds(b), 0
				for ; b.Loop(); runs++ {
					for n, line := range lines {
						if err := check(line); err != nil {
							b.Fatalf("line %d: %v", n+1, err)
						}
					}
				}
				b.ReportMetric(float64(runs*len(data))/1e6/(cpuSeconds(b)-before), "MB/cpu-s")
			})
		}
	}
}

// cpuSeconds returns the CPU time of the process, the garbage collector's included: on a
// machine that does other things too, a clock would say less.
func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func checks(b *testing.B, source string) map[string]func([]byte) error {
	b.Helper()
	compiled, err := jsonschema.CompileString("user.json", source)
	if err != nil {
		b.Fatal(err)
	}
	checker, err := validate.New(validate.Options{Format: validate.FormatJSONL, SchemaFile: []byte(source)})
	if err != nil {
		b.Fatal(err)
	}
	all := map[string]func([]byte) error{"promptmill": checker.Line}
	for who, decode := range map[string]func([]byte) (any, error){"sonic": decodeSonic(), "goccy": decodeGoccy, "standard": decodeStandard} {
		all[who] = func(line []byte) error {
			v, err := decode(line)
			if err != nil {
				return err
			}
			return compiled.Validate(v)
		}
	}
	return all
}
