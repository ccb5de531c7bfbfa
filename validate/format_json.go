package validate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
)

// jsonFormat writes one document of the schema "findings", a finding to a line, and
// holds the reports of the files until the end.
type jsonFormat struct {
	w     *bufio.Writer
	any   bool
	files []FileReport
	short bool // only counts: no list of findings
}

func (j *jsonFormat) begin() {
	fmt.Fprint(j.w, `{"findings_version":1`)
	if !j.short {
		fmt.Fprint(j.w, `,"findings":[`)
	}
}

func (j *jsonFormat) finding(f Finding, _ int64) {
	if !j.short {
		writeItem(j.w, &j.any, f)
	}
}

func (j *jsonFormat) file(r *FileReport) { j.files = append(j.files, *r) }

func (j *jsonFormat) end(valid bool) {
	if !j.short {
		fmt.Fprint(j.w, "\n]")
	}
	fmt.Fprint(j.w, `,"files":[`)
	later := false
	for _, r := range j.files {
		writeItem(j.w, &later, r)
	}
	fmt.Fprintf(j.w, "\n],\"valid\":%t}\n", valid)
}

// writeItem writes v as an item of a JSON array, on a line of its own. later says that
// it is not the first one.
func writeItem(w *bufio.Writer, later *bool, v any) {
	sep := "\n"
	if *later {
		sep = ",\n"
	}
	*later = true
	_, _ = w.WriteString(sep) // the writer keeps its first error
	_, _ = w.Write(compact(v))
}

// compact returns v as JSON that shows <, > and & as they are.
func compact(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("validate: internal error: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
