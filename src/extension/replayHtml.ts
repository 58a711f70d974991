// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';

/** Where the view's script and style lie. */
export function replayRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist');
}

/** The page of the replay view: one script by nonce, one style from the extension, nothing else. */
export function replayHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const root = replayRoot(extension);
  const script = webview.asWebviewUri(vscode.Uri.joinPath(root, 'replay.js')).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(root, 'replay.css')).toString();
  const nonce = crypto.randomUUID().replaceAll('-', '');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Replay</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
