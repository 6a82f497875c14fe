// Stands for the build of a real site, like `vite build`: every asset gets a hash of its content in its name, so that
// browsers and CloudFront keep it for ever, and a release never changes a file that an open page still asks for.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";

const [source, target] = process.argv.slice(2);
const assets = join(source, "static");
mkdirSync(join(target, "static"), { recursive: true });

let page = readFileSync(join(source, "index.html"), "utf8");
for (const file of readdirSync(assets)) {
  const hash = createHash("sha256").update(readFileSync(join(assets, file))).digest("hex").slice(0, 16);
  const { name, ext } = parse(file);
  cpSync(join(assets, file), join(target, "static", `${name}.${hash}${ext}`));
  page = page.replaceAll(`/static/${file}`, `/static/${name}.${hash}${ext}`);
}
writeFileSync(join(target, "index.html"), page);
