// Starts `gradcli lsp` for .grad files, Markdown, LaTeX and Python; what is said of a text is the server's.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration("gradcli");
  const command = settings.get("command", "gradcli");
  const args = settings.get("runCode", false) ? ["lsp", "--run-code"] : ["lsp"];
  const program = { command, args, transport: TransportKind.stdio };
  client = new LanguageClient("gradcli", "gradcli", program, {
    documentSelector: ["grad", "markdown", "latex", "python"].map((language) => ({ language })),
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
  context.subscriptions.push(
    vscode.commands.registerCommand("gradcli.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("gradcli") && restart()),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
