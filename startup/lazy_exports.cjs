// Loaded into Node by `startup.prepare()` before anything else.
//
// lib/index.js of @cdktf/provider-aws is 2,200 lines of `exports.vpc = require("./vpc");`. Each becomes a getter
// that requires its module when it is first read. Any other file, and any line of another form, runs as it is.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const INDEX = path.join("@cdktf", "provider-aws", "lib", "index.js");
const RE_EXPORT = /^exports\.(\w+) = require\("(\.\/[\w-]+)"\);$/gm;
// `exports.a = exports.b = void 0;` declares the names first; as plain properties they would hide the getters.
const DECLARATION = /^(?:exports\.\w+ = )+void 0;$/gm;
const GETTER =
  'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get() {' +
  ' const value = require("$2");' +
  ' Object.defineProperty(exports, "$1", { enumerable: true, value });' +
  " return value; } });";

const load = Module._extensions[".js"];
Module._extensions[".js"] = function (module, filename) {
  if (!filename.endsWith(INDEX)) {
    return load(module, filename);
  }
  const source = fs.readFileSync(filename, "utf8");
  return module._compile(source.replace(DECLARATION, "").replace(RE_EXPORT, GETTER), filename);
};
