// Starts `gradcli lsp` for .grad files and Markdown; what is said of a text is the server's.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

async function start() {
  const command = vscode.workspace.getConfiguration("gradcli").get("command", "gradcli");
  const program = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("gradcli", "gradcli", program, {
    documentSelector: [{ language: "grad" }, { language: "markdown" }, { language: "latex" }],
  });
  try {
    await client.start();
  } catch (error) {
    const help = 'install it with  pip install "gradcli[lsp]"  or set gradcli.command';
    vscode.window.showErrorMessage(`gradcli does not start (${error.message}): ${help}`);
  }
}

async function stop() {
  const old = client;
  client = undefined;
  if (old && old.isRunning()) {
    await old.stop();
  }
}

async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(vscode.commands.registerCommand("gradcli.restart", restart));
  await start();
}

module.exports = { activate, deactivate: stop };
