// What an editor makes of lines: the scopes of each token, by the engine that Visual Studio Code has.
// Reads {"grammars": {scope: path}, "scope": scope, "lines": [...]}; writes [[start, end, scopes], ...] for each line.
"use strict";

const fs = require("fs");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

async function main() {
  const { grammars, scope, lines } = JSON.parse(fs.readFileSync(0, "utf8"));
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  const registry = new textmate.Registry({
    onigLib: oniguruma.loadWASM(wasm.buffer).then(() => ({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    })),
    loadGrammar: async (name) =>
      name in grammars ? textmate.parseRawGrammar(fs.readFileSync(grammars[name], "utf8"), grammars[name]) : null,
  });
  const grammar = await registry.loadGrammar(scope);
  let stack = textmate.INITIAL;
  const found = lines.map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map(({ startIndex, endIndex, scopes }) => [startIndex, endIndex, scopes]);
  });
  console.log(JSON.stringify(found));
}

main();
