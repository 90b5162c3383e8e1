;;; gradcli.el --- Hand derivations checked while you type -*- lexical-binding: t -*-

;; Emacs 29 or later, or an older one with the package eglot, which speaks with `gradcli lsp' (pip install "gradcli[lsp]"):
;;   (load "path/to/gradcli.el")
;; Quick fixes: M-x eglot-code-actions; the verdicts at line ends: eglot-inlay-hints-mode.

;;; Code:

(defvar grad-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "w" table)
    table)
  "Comments from # to the end of the line; _ is a letter.")

(defvar grad-font-lock-keywords
  `((,(regexp-opt '("derivation" "for" "in" "if" "at" "random" "and" "or" "not" "layout" "convention") 'words)
     . font-lock-keyword-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_]*\\)(" 1 font-lock-function-name-face)
    ("∈\\|≈\\|∂" . font-lock-builtin-face))
  "What `grad-mode' colours by itself.")

;;;###autoload
(define-derived-mode grad-mode prog-mode "Grad"
  "Derivations that gradcli checks."
  (setq-local comment-start "# ")
  (setq-local comment-end "")
  (setq-local font-lock-defaults '(grad-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.grad\\'" . grad-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((grad-mode markdown-mode latex-mode) . ("gradcli" "lsp"))))
(add-hook 'grad-mode-hook #'eglot-ensure)

(with-eval-after-load 'compile
  (add-to-list 'compilation-error-regexp-alist-alist
               '(gradcli "^\\(.+?\\):\\([0-9]+\\):\\([0-9]+\\): G[0-9]\\{3\\} " 1 2 3))
  (add-to-list 'compilation-error-regexp-alist 'gradcli))

(provide 'gradcli)
;;; gradcli.el ends here
