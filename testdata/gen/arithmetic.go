package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

const arithmeticReadme = `---
license: apache-2.0
language:
- en
pretty_name: Arithmetic
size_categories:
- n<1K
task_categories:
- text-generation
configs:
- config_name: main
  default: true
  data_files:
  - split: train
    path: main/train-*
  - split: test
    path: main/test-*
dataset_info:
  config_name: main
  features:
  - name: question
    dtype: string
  - name: answer
    dtype: string
  splits:
  - name: train
    num_examples: 256
  - name: test
    num_examples: 64
---

# Arithmetic

Grade-school word problems with worked answers. Every answer ends in a line
` + "`#### N`" + ` that holds the number asked for.

The problems are generated: a small program of the promptmill project fills
templates from a fixed seed (` + "`go run ./testdata/gen`" + `). They are made
to try out a pipeline, not to measure how well a model reasons.
`

// arithmetic is the demo dataset, as the files of a dataset repository.
func arithmetic() (map[string][]byte, error) {
	rng := rand.New(rand.NewPCG(2024, 6))
	seen := map[string]bool{}
	train, err := encode(qaFeatures, problems(rng, 256, seen))
	if err != nil {
		return nil, err
	}
	test, err := encode(qaFeatures, problems(rng, 64, seen))
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"README.md":                         []byte(arithmeticReadme),
		"main/train-00000-of-00001.parquet": train,
		"main/test-00000-of-00001.parquet":  test,
	}, nil
}

// problems draws n problems that are not yet in seen.
func problems(rng *rand.Rand, n int, seen map[string]bool) []qaRow {
	rows := make([]qaRow, 0, n)
	for len(rows) < n {
		p := templates[rng.IntN(len(templates))](&draw{rng})
		if seen[p.question] {
			continue
		}
		seen[p.question] = true
		rows = append(rows, qaRow{new(p.question), new(p.answer())})
	}
	return rows
}

// draw picks the parts of a problem.
type draw struct{ *rand.Rand }

func (d *draw) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

func (d *draw) name() string { return names[d.IntN(len(names))] }

func (d *draw) thing() string { return things[d.IntN(len(things))] }

var names = []string{
	"Amina", "Björn", "Chloé", "Dmitri", "Eun-ji", "Fatou", "Giulia", "Hiro", "Ines", "José",
	"Kofi", "Łukasz", "Mei", "Noor", "Olga", "Priya", "Quentin", "Rosa", "Søren", "Tomás",
	"Uma", "Vera", "Wanjiru", "Xiao", "Yusuf", "Zoë", "小明", "Αλέξης", "Наталья",
}

var things = []string{
	"apples", "marbles", "stickers", "pencils", "shells", "cards", "buttons", "coins", "plums", "stamps",
}

// problem is a question with the steps of its answer.
type problem struct {
	question string
	steps    []string
	result   int
}

// step appends a worked line: what happens, with the sum in the notation of grade-school sets.
func (p *problem) step(format string, sum string, result int) {
	p.steps = append(p.steps, fmt.Sprintf(format, fmt.Sprintf("%s = <<%s=%d>>%d", sum, sum, result, result)))
	p.result = result
}

func (p *problem) answer() string {
	return strings.Join(p.steps, "\n") + fmt.Sprintf("\n#### %d", p.result)
}
