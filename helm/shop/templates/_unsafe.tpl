{{/* What would break the pods or their protection; each is refused with a sentence.
     (dict "root" $ "service" service) */}}
{{- define "shop.refuseUnsafe" -}}
{{- include "shop.refuseEnv" . }}
{{- include "shop.refuseVolumes" . }}
{{- include "shop.refuseLabels" . }}
{{- include "shop.refuseSecurity" . }}
{{- include "shop.refuseTimings" . }}
{{- end }}

{{- define "shop.refuseEnv" -}}
{{- $name := .service.name }}
{{- $set := include "shop.settings" . | fromYaml }}
{{- range .service.extraEnv }}
{{- if or (hasKey $set .name) (has .name (list "CRASH_AT" "CLOCK_FILE")) }}
{{- fail (printf "%s: extraEnv sets %s, which other values or config set: change it there" $name .name) }}
{{- end }}
{{- if and (hasKey . "value") (regexMatch "^(AWS_.*|DATABASE_URL|SMTP_URL|SERVICE_CLIENTS|RATE_LIMIT_STORAGE|SECRET_KEY|.*_(SECRET|PASSWORD|PREVIOUS|KEY|TOKEN))$" .name) }}
{{- fail (printf "%s: extraEnv has the value of %s, which everybody who can read the Deployment would see: put it in a Secret, and use valueFrom.secretKeyRef" $name .name) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "shop.refuseVolumes" -}}
{{- $name := .service.name }}
{{- $names := list }}
{{- range .service.extraVolumes }}
{{- $names = append $names .name }}
{{- if has .name (list "tmp" "data" "reload") }}
{{- fail (printf "%s: extraVolumes has the name %s, which the chart uses itself: choose another" $name .name) }}
{{- end }}
{{- range $type, $_ := omit . "name" }}
{{- if not (has $type (list "configMap" "csi" "downwardAPI" "emptyDir" "ephemeral" "persistentVolumeClaim" "projected" "secret")) }}
{{- fail (printf "%s: extraVolumes has a volume of type %s, which Pod Security `restricted` forbids: use a Secret, a ConfigMap or a PersistentVolumeClaim" $name $type) }}
{{- end }}
{{- end }}
{{- end }}
{{- range .service.extraVolumeMounts }}
{{- if not (has .name $names) }}
{{- fail (printf "%s: extraVolumeMounts names the volume %s, which extraVolumes does not have: add it there" $name .name) }}
{{- end }}
{{- if regexMatch "^/((app|bin|data|dev|etc|lib|lib64|opt|proc|run|sbin|sys|tmp|usr|usr/local|usr/local/bin|opt/venv|etc/shop|etc/ssl|etc/ssl/certs)/*|app/.+|opt/venv/.+|dev/.+|proc/.+|sys/.+)?$" .mountPath }}
{{- fail (printf "%s: extraVolumeMounts at %s would hide files of the image: use a path of its own, for example /etc/database" $name .mountPath) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "shop.refuseLabels" -}}
{{- $name := .service.name }}
{{- range $label, $_ := merge (dict) .service.podLabels .root.Values.commonLabels }}
{{- if or (hasPrefix "app.kubernetes.io/" $label) (hasPrefix "helm.sh/" $label) }}
{{- fail (printf "%s: podLabels or commonLabels sets %s, by which Services and policies select pods: use a prefix of your own, for example example.com/team" $name $label) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "shop.refuseSecurity" -}}
{{- $name := .service.name }}
{{- $pod := .service.podSecurityContext }}
{{- $container := .service.securityContext }}
{{- $advice := "Pod Security `restricted` forbids it" }}
{{- range $where, $context := dict "podSecurityContext" $pod "securityContext" $container }}
{{- if eq (toString $context.runAsNonRoot) "false" }}
{{- fail (printf "%s: %s.runAsNonRoot is false: %s" $name $where $advice) }}
{{- end }}
{{- if and (not (kindIs "invalid" $context.runAsUser)) (eq (int $context.runAsUser) 0) }}
{{- fail (printf "%s: %s.runAsUser is 0, which is root: use another user, or null to let the cluster choose" $name $where) }}
{{- end }}
{{- range $profile := list "seccompProfile" "appArmorProfile" }}
{{- if eq (toString (dig $profile "type" "" $context)) "Unconfined" }}
{{- fail (printf "%s: %s.%s is Unconfined: %s" $name $where $profile $advice) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $field := list "privileged" "allowPrivilegeEscalation" }}
{{- if eq (toString (get $container $field)) "true" }}
{{- fail (printf "%s: securityContext.%s is true: %s" $name $field $advice) }}
{{- end }}
{{- end }}
{{- if eq (toString $container.procMount) "Unmasked" }}
{{- fail (printf "%s: securityContext.procMount is Unmasked: %s" $name $advice) }}
{{- end }}
{{- with $container.capabilities }}
{{- if or (without (.add | default list) "NET_BIND_SERVICE") (not (has "ALL" (.drop | default (list "ALL")))) }}
{{- fail (printf "%s: securityContext.capabilities may drop ALL and add NET_BIND_SERVICE, nothing else: %s" $name $advice) }}
{{- end }}
{{- end }}
{{- if and (eq (toString $container.readOnlyRootFilesystem) "false") (eq .root.Values.environment "production") }}
{{- fail (printf "%s: securityContext.readOnlyRootFilesystem is false in production: mount an emptyDir by extraVolumes where files must be written" $name) }}
{{- end }}
{{- end }}

{{- define "shop.refuseTimings" -}}
{{- $api := .service.api }}
{{- $shortest := add $api.drainSeconds 30 }}
{{- $given := int $api.terminationGracePeriodSeconds }}
{{- if and $given (lt $given (int $shortest)) }}
{{- fail (printf "%s: api.terminationGracePeriodSeconds (%d) kills requests in progress: it must be at least %d, api.drainSeconds and 30 s, or 0 for exactly that" .service.name $given $shortest) }}
{{- end }}
{{- with $api.probes.liveness }}
{{- $time := mul .periodSeconds .failureThreshold }}
{{- if lt (int $time) 20 }}
{{- fail (printf "%s: api.probes.liveness restarts a pod after %d s, which a busy node needs for one answer: periodSeconds times failureThreshold must be at least 20" $.service.name $time) }}
{{- end }}
{{- end }}
{{- end }}
