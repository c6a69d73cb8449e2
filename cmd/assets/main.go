package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	root := flag.String("root", ".", "folder of the module")
	check := flag.Bool("check", false, "only tell whether NOTICE names what the bundles contain")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	p := projectAt(root)
	if err := p.installPackages(); err != nil {
		return err
	}
	if check {
		return p.checkNotice()
	}
	digest, err := p.inputs()
	if err != nil {
		return err
	}
	if p.upToDate(digest) {
		return nil
	}
	began := time.Now()
	out, err := p.build(digest)
	if err != nil {
		return err
	}
	if err := out.write(p.dist); err != nil {
		return err
	}
	if err := p.writeNotice(); err != nil {
		return err
	}
	fmt.Printf("assets: %d files in %d ms\n", len(out.files), time.Since(began).Milliseconds())
	return nil
}
