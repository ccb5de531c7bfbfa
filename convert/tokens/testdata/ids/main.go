// Command ids prints, as a line of JSON for each text of a JSON list on stdin, the ids and the ends of its tokens.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/promptmill/promptmill/convert/tokens"
)

func main() {
	t, err := tokens.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		log.Fatal(err)
	}
	out := json.NewEncoder(os.Stdout)
	for _, text := range texts {
		ends := []int{}
		for _, token := range t.Tokens(text) {
			ends = append(ends, token.End)
		}
		if err := out.Encode(map[string]any{"ids": t.IDs(text), "count": t.Count(text), "ends": ends}); err != nil {
			log.Fatal(err)
		}
	}
}
