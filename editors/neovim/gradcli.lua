-- gradcli in Neovim 0.7 or later: source this file from your configuration, for instance with
--   :luafile path/to/gradcli.lua
-- It starts one server for all buffers of `.grad` files, Markdown, LaTeX and Python.

local command = vim.g.gradcli_command or { "gradcli", "lsp" }
local client

local function root(file)
  local found = vim.fn.finddir(".git", vim.fn.fnamemodify(file, ":p:h") .. ";")
  return found ~= "" and vim.fn.fnamemodify(found, ":p:h:h") or vim.fn.getcwd()
end

local function attach(buffer)
  if vim.lsp.start then
    vim.lsp.start({ name = "gradcli", cmd = command, root_dir = root(vim.api.nvim_buf_get_name(buffer)) }, { bufnr = buffer })
    return
  end
  client = client or vim.lsp.start_client({
    name = "gradcli",
    cmd = command,
    root_dir = root(vim.api.nvim_buf_get_name(buffer)),
    on_exit = function() client = nil end,
  })
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
end

local group = vim.api.nvim_create_augroup("gradcli", {})
vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, {
  group = group,
  pattern = "*.grad",
  callback = function()
    vim.bo.filetype = "grad"
    vim.bo.commentstring = "# %s"
  end,
})
vim.api.nvim_create_autocmd("FileType", {
  group = group,
  pattern = { "grad", "markdown", "tex", "python" },
  callback = function(event)
    attach(event.buf or vim.api.nvim_get_current_buf())
  end,
})
