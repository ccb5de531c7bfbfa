package main

import (
	"bytes"
	"encoding/json"

	escape "github.com/promptmill/promptmill/bench/report/plain"
)

// printJSON prints v as one indented document.
func (a *app) printJSON(v any) error {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(v); err != nil {
		return err
	}
	return a.writeJSON(text.Bytes())
}

// writeJSON prints JSON in which text of datasets and servers is escaped where a terminal would act on it.
func (a *app) writeJSON(text []byte) error {
	_, err := a.stdout.Write(escape.JSON(text))
	return err
}
