#compdef promptmill
# promptmill completion for zsh. The program itself says what can come next.
_promptmill() {
	local line tab=$'\t' found=1
	local -a described
	for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		case $line in
		(:files) _files && found=0 ;;
		(:folders) _files -/ && found=0 ;;
		(*$tab*) described+=("${${line%%$tab*}//:/\\:}:${line#*$tab}") ;;
		(?*) described+=("${line//:/\\:}") ;;
		esac
	done
	(( $#described )) && _describe -V promptmill described && found=0
	return found
}
if [[ $funcstack[1] == _promptmill ]]; then
	_promptmill "$@"
else
	compdef _promptmill promptmill
fi
