-- In a real Neovim: wait for what is said of a file, take every quick fix, print what is left.
vim.g.gradcli_command = { vim.env.GRADCLI, "lsp" }
vim.cmd("luafile " .. vim.env.SETTINGS)
vim.cmd("edit " .. vim.env.FILE)

local function wait(found)
  return vim.wait(30000, found, 20)
end

local function said()
  return vim.diagnostic.get(0)
end

wait(function() return #said() == 2 and said()[1].message:find("mend") end)
for _, each in ipairs(said()) do
  print(each.lnum + 1 .. ": " .. each.message:gsub("\n.*", ""))
end
for line = 0, vim.api.nvim_buf_line_count(0) - 1 do
  local place = { line = line, character = 0 }
  local asked = vim.lsp.util.make_range_params()
  asked.range = { start = place, ["end"] = place }
  asked.context = { diagnostics = {} }
  for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/codeAction", asked, 10000)) do
    for _, action in ipairs(answer.result or {}) do
      vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
    end
  end
end
wait(function() return #said() == 0 end)
print(#said() .. " left")
print(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n"))
vim.cmd("qa!")
