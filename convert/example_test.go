package convert_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/promptmill/promptmill/convert"
)

// A dataset file becomes one line for each row, and every row is accounted for.
func ExampleRun() {
	source := convert.Source{Files: []convert.SourceFile{{Path: "../testdata/parquet/qa.parquet", Name: "qa.parquet"}}}
	report, err := convert.Run(context.Background(), source, os.Stdout, convert.Options{
		Format: convert.JSONL, Layout: convert.Strict, Limit: 2,
	})
	if err != nil {
		log.Fatal(err)
	}
	rows := report.Manifest.Rows
	fmt.Println(rows.Written, "of", rows.Read, "rows")
	// Output:
	// {"prompt":"What is 2 + 3?","expected":"2 + 3 = 5\n#### 5"}
	// {"prompt":"A box holds 12 pens. How many pens are in 4 boxes?","expected":"12 * 4 = 48\n#### 48"}
	// 2 of 2 rows
}
