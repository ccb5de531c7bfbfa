package main

import (
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/promptmill/promptmill"

// owners says which packages alone may import a library.
var owners = map[string][]string{
	"github.com/urfave/cli/v2":                 {"cmd"},
	"github.com/santhosh-tekuri/jsonschema/v5": {"validate"},
	"github.com/apache/arrow/go/v17":           {"convert/dataset"},
	"github.com/parquet-go/parquet-go":         {"convert/dataset", "bench/results"},
	"github.com/minio/minio-go/v7":             {"cmd/promptmill/internal/s3"},
	"go.opentelemetry.io":                      {"bench/live"},
}

// within says which rooms of ours each room may import. What is below knows nothing of what is above: a package
// never imports its parent, and convert, validate and bench meet only in cmd, but for the strings of JSON.
var within = map[string][]string{
	"examples":         nil,
	"cmd":              {"convert", "validate", "bench", "schemas", "testdata"},
	"convert":          {"convert/dataset", "convert/mapping", "convert/clean", "convert/dedupe", "convert/jsontext", "convert/tokens"},
	"convert/dataset":  {"convert/dataset"},
	"convert/mapping":  {"convert/dataset"},
	"convert/clean":    nil,
	"convert/dedupe":   nil,
	"convert/jsontext": nil,
	"convert/tokens":   nil,
	"convert/hub":      nil,
	"validate":         {"schemas", "convert/jsontext"},
	"schemas":          nil,
	"bench":            {"bench/metrics", "bench/openai", "bench/pace", "bench/results", "bench/trace"},
	"bench/openai":     {"bench/rxtime"},
	"bench/pace":       nil,
	"bench/rxtime":     nil,
	"bench/mock":       {"bench/rxtime"},
	"bench/results":    nil,
	"bench/answers":    {"bench/results"},
	"bench/clockdiff":  nil,
	"bench/score":      nil,
	"bench/scrape":     {"bench/results"},
	"bench/metrics":    {"bench/results"},
	"bench/accuracy":   {"bench/results"},
	"bench/report":     {"bench/metrics", "bench/results", "bench/compare", "bench/conditions", "bench/history"},
	"bench/conditions": {"bench/results"},
	"bench/compare":    {"bench/conditions", "bench/metrics", "bench/results"},
	"bench/foreign":    {"bench/compare", "bench/conditions", "bench/metrics", "bench/results"},
	"bench/live":       {"bench/metrics", "bench/report", "bench/results"},
	"bench/merge":      {"bench/conditions", "bench/results"},
	"bench/history":    {"bench/compare", "bench/conditions", "bench/metrics"},
}

// TestImports holds the direction in which data flows.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	rooms := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg, imports := room(fields[0]), fields[1:]
		rooms++
		for _, imp := range imports {
			if ours, ok := strings.CutPrefix(imp, module+"/"); ok {
				checkRoom(t, pkg, ours)
			} else {
				checkOwner(t, pkg, imp)
			}
		}
	}
	if rooms < len(within) {
		t.Errorf("go list found %d packages, fewer than the %d that the table names", rooms, len(within))
	}
}

func room(importPath string) string { return strings.TrimPrefix(importPath, module+"/") }

func checkRoom(t *testing.T, pkg, imported string) {
	t.Helper()
	allowed, known := within[nearestRoom(pkg)]
	if !known {
		t.Errorf("%s is in no room of the table; add it", pkg)
		return
	}
	if nearestRoom(pkg) == nearestRoom(imported) && strings.HasPrefix(imported, nearestRoom(pkg)+"/") {
		return // a package's own internals
	}
	for _, room := range allowed {
		if imported == room || strings.HasPrefix(imported, room+"/") {
			return
		}
	}
	t.Errorf("%s imports %s: the design allows it %v only", pkg, imported, allowed)
}

// nearestRoom is the longest room of the table that holds pkg.
func nearestRoom(pkg string) string {
	for p := pkg; p != "."; p = path.Dir(p) {
		if _, ok := within[p]; ok {
			return p
		}
	}
	return ""
}

func checkOwner(t *testing.T, pkg, imported string) {
	t.Helper()
	for library, rooms := range owners {
		if imported != library && !strings.HasPrefix(imported, library+"/") {
			continue
		}
		for _, room := range rooms {
			if pkg == room || strings.HasPrefix(pkg, room+"/") {
				return
			}
		}
		t.Errorf("%s imports %s: only %v may", pkg, imported, rooms)
	}
}
